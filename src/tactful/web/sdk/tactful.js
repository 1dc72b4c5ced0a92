/**
 * tactful in the browser: events, consent, and slots of a page.
 *
 * Until the visitor has chosen, nothing is stored and nothing is sent but the question for the
 * notice.  Afterwards only what was agreed to: the gate on the server judges every call again.
 *
 * One `localStorage` entry holds the choice, and an id while something is agreed to; one
 * `sessionStorage` entry holds what this visit looked at, while the visit may be used.
 *
 * @typedef {{writeKey: string, host?: string, region?: string, locale?: string}} Options
 * @typedef {Record<string, boolean>} Purposes
 * @typedef {{purposes: Purposes, notice: string, at: number}} Choice
 * @typedef {{choice?: Choice, id?: string, user?: string, unsent?: object[], owed?: object[]}} Kept
 */

const NAME = "tactful";
const VERSION = "sdk@1";
const PATIENCE_MS = 300;
const MOST_UNSENT = 500;
const A_BATCH = 50;
const LONGEST_VISIT = 50;
const LONGEST_WAIT_MS = 60_000;

/** Read an entry of *storage*; what is corrupt counts as absent. */
function read(storage) {
  try {
    const { choice, id, user, unsent, owed, items } = JSON.parse(storage()[NAME]);
    const asked = choice?.purposes && { choice, id, user, unsent: listed(unsent) };
    return { ...asked, owed: listed(owed), items: listed(items) };
  } catch {
    return {};
  }
}

/** Write an entry of *storage*, or remove it; a browser that refuses storage is left in peace. */
function write(storage, value) {
  try {
    value ? storage().setItem(NAME, JSON.stringify(value)) : storage().removeItem(NAME);
  } catch {}
}

const listed = (value) => (Array.isArray(value) ? value : undefined);
const lasting = () => localStorage;
const visiting = () => sessionStorage;
const when = (at) => new Date(at).toISOString();
const later = (ms, work) => setTimeout(work, ms);
const quietly = (promise) => promise.catch(() => {});

/**
 * Connect the page with a shop.  `host` is this module's own, unless said.
 *
 * @param {Options} options
 */
export function connect({ writeKey, host = new URL(import.meta.url).origin, region, locale }) {
  locale ||= document.documentElement.lang || navigator.language;
  const gpc = navigator.globalPrivacyControl === true;
  const listeners = new Set();
  const templates = new WeakMap();
  /** @type {Kept} */
  let kept = read(lasting);
  let visit = read(visiting).items || [];
  let shown;
  let failures = 0;
  let timer;
  let flight;

  const may = (purpose) => kept.choice?.purposes?.[purpose] === true;
  const agreed = () => Object.values(kept.choice?.purposes || {}).includes(true);
  const keep = () => write(lasting, (kept.choice || kept.owed?.length) && kept);
  const who = () => (kept.id ? { anonymousId: kept.id, userId: kept.user } : {});

  /** Send *body*; text is a "simple" request, which needs no preflight. */
  const post = (path, body, more) =>
    fetch(host + path, { method: "POST", body: JSON.stringify({ ...body, writeKey }), ...more });

  const notice = () =>
    (shown ||= fetch(
      `${host}/v1/notices/current?` +
        new URLSearchParams({ locale, ui: VERSION, ...(region && { region }) }),
    )
      .then((reply) => (reply.ok ? reply.json() : Promise.reject(reply.status)))
      .catch((error) => ((shown = 0), Promise.reject(error))));

  /** Try again, later each time, unless the server says when. */
  const retry = (seconds) => {
    clearTimeout(timer);
    const wait = Math.min(LONGEST_WAIT_MS, 500 * 2 ** failures++) * (0.5 + Math.random());
    timer = later(seconds * 1000 || wait, flush);
  };

  /** Send what waits, one after another; whoever asks meanwhile waits for the same. */
  const flush = () => (flight ||= send().finally(() => (flight = 0)));

  /** Send first what was said, then what was done. */
  async function send(more) {
    clearTimeout(timer);
    timer = 0;
    try {
      while (kept.owed?.length) {
        const [said] = kept.owed;
        if (!(await sent("/v1/consent", said, more))) return;
        kept.owed = kept.owed.filter((one) => one !== said);
        keep();
        document.dispatchEvent(new CustomEvent("tactful:recorded"));
      }
      while (kept.unsent?.length) {
        const batch = kept.unsent.slice(0, A_BATCH);
        if (!(await sent("/v1/batch", { batch, sentAt: when(Date.now()) }, more))) return;
        kept.unsent = kept.unsent?.filter((one) => !batch.includes(one));
        keep();
      }
    } catch {
      retry();
    }
  }

  /** Tell whether *body* need not be sent again: it was taken, or never will be. */
  async function sent(path, body, more) {
    const reply = await post(path, body, more);
    const again = reply.status == 429 || reply.status >= 500;
    again ? retry(+reply.headers.get("retry-after")) : (failures = 0);
    return !again;
  }

  /** Queue a call; not before a choice, nor where nothing was agreed to. */
  function call(type, more) {
    if (!kept.id) return false;
    const message = { type, messageId: crypto.randomUUID(), timestamp: when(Date.now()), ...more };
    const { href, pathname, title } = { ...location, title: document.title };
    message.context = { locale, region, page: { url: href, path: pathname, title } };
    kept.unsent = [...(kept.unsent || []), { ...message, ...who() }].slice(-MOST_UNSENT);
    keep();
    timer ||= later(50, flush);
    return true;
  }

  /** Note that the visit looked at *item*, where the visit may be used. */
  function visited(item) {
    if (!item || !may("session_personalization")) return;
    visit = [...visit.filter((one) => one !== item), item].slice(-LONGEST_VISIT);
    write(visiting, { items: visit });
  }

  /** Take up what was chosen, here or in another tab. */
  function changed() {
    if (!may("session_personalization")) {
      visit = [];
      write(visiting);
    }
    const state = consent.now();
    listeners.forEach((tell) => tell(state));
    document.dispatchEvent(new CustomEvent("tactful:consent", { detail: state }));
  }

  const consent = {
    /** What is chosen: nothing is, until somebody was asked. */
    now: () => ({ purposes: { ...kept.choice?.purposes }, asked: !!kept.choice, gpc }),

    get: async () => consent.now(),

    /**
     * Record a choice.  A no holds at once, in this browser, whether or not the server answers.
     *
     * @param {Purposes} purposes every purpose that was asked about, with the answer
     * @param {{notice?: string, source?: string, ui?: string, locale?: string}} asked
     */
    async set(purposes, { notice = "", source = "page", ui = VERSION, locale: spoken = locale } = {}) {
      const before = kept.choice?.purposes || {};
      const statements = Object.fromEntries(
        Object.entries(purposes).map(([purpose, yes]) => [
          purpose,
          yes ? "grant" : before[purpose] ? "withdraw" : "deny",
        ]),
      );
      kept.choice = { purposes: { ...before, ...purposes }, notice, at: Date.now() };
      const yes = agreed();
      if (yes) kept.id ||= crypto.randomUUID();
      if (kept.id) {
        const said = { ...who(), statements, notice, source, ui, locale: spoken, region };
        kept.owed = [...(kept.owed || []), said];
      }
      if (!yes) kept = { choice: kept.choice, owed: kept.owed };
      keep();
      changed();
      await flush();
      return consent.now();
    },

    /** Call *tell* with every choice from now on; return what stops that. */
    onChange(tell) {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
  };

  /** Fill every slot in *root* that the page marks with `data-tactful-slot`. */
  const fill = (root = document) =>
    kept.choice
      ? Promise.all([...root.querySelectorAll("[data-tactful-slot]")].map((slot) => fillOne(slot)))
      : Promise.resolve([]);

  /** Ask for one slot; its place stays reserved, and after 300 ms its own content is shown. */
  async function fillOne(slot) {
    const { tactfulSlot, tactfulItem: item, tactfulLimit: limit } = slot.dataset;
    const { style } = slot;
    const stop = new AbortController();
    style.minHeight = slot.offsetHeight + "px";
    style.visibility = "hidden";
    const patience = later(PATIENCE_MS, () => (stop.abort(), (style.visibility = "")));
    try {
      await flushed();
      const ask = {
        slot: tactfulSlot,
        ...who(),
        session: visit,
        context: { item, locale, region },
        limit: +limit || 6,
        details: true,
      };
      const reply = await post("/v1/decide", ask, { signal: stop.signal });
      const decision = reply.ok && (await reply.json());
      if (decision?.items?.length) render(slot, decision);
      return decision;
    } catch {
      return false;
    } finally {
      clearTimeout(patience);
      style.visibility = "";
    }
  }

  /** Wait for a choice that is under way, so that what was just agreed to counts. */
  const flushed = () => (kept.owed?.length ? flush() : 0);

  function render(slot, decision) {
    const tile = templates.get(slot) || slot.querySelector("template[data-tactful-tile]");
    if (tile) templates.set(slot, tile);
    const pattern = (tile || document.querySelector("template[data-tactful-tile]"))?.content;
    if (!pattern) return;
    const list = slot.querySelector("[data-tactful-items]") || slot;
    list.replaceChildren(...decision.items.map((item) => tileOf(pattern, item, decision)));
    slot.dataset.tactfulLevel = decision.level;
    slot.dataset.tactfulDecision = decision.decision;
    if (may("measurement")) watch(slot, decision.decision);
    slot.dispatchEvent(new CustomEvent("tactful:filled", { bubbles: true, detail: decision }));
  }

  function tileOf(pattern, { id, why }, { products }) {
    const tile = pattern.cloneNode(true);
    const { title = id, url, image, price, currency, category, brand } = products[id] || {};
    const words = { title, category, brand, price: money(price, currency), why: why.join("; ") };
    tile.querySelectorAll("[data-field]").forEach((place) => {
      const field = place.dataset.field;
      if (field == "image") image ? (place.src = web(image)) : place.remove();
      else if (field == "url") place.href = web(url || "") || "#";
      else place.textContent = words[field] ?? "";
    });
    tile.querySelectorAll("a").forEach((link) => (link.dataset.tactfulLink = id));
    return tile;
  }

  /** Return *address* if a page may lead there: never `javascript:`. */
  const web = (address) => {
    const link = document.createElement("a");
    link.href = address;
    return /^https?:$/.test(link.protocol) ? link.href : "";
  };

  /** Return minor units as people write them. */
  const money = (price, currency) => {
    if (price == null || !currency) return "";
    const format = new Intl.NumberFormat(locale, { style: "currency", currency });
    return format.format(price / 10 ** format.resolvedOptions().maximumFractionDigits);
  };

  /** Tell once that a slate was seen, and when one of its links is followed. */
  function watch(slot, decision) {
    const tell = (what) =>
      quietly(post(`/v1/decisions/${encodeURIComponent(decision)}/${what}`, {}, { keepalive: true }));
    const eye = new IntersectionObserver(
      ([entry]) => entry.isIntersecting && (eye.disconnect(), tell("exposure")),
      { threshold: 0.5 },
    );
    eye.observe(slot);
    slot.onclick = ({ target }) => target.closest?.("[data-tactful-link]") && tell("click");
  }

  const shop = {
    consent,
    notice,
    fill,

    /** The number of this browser, for the shop's own server; none while nothing is agreed to. */
    get anonymousId() {
      return kept.id;
    },

    /** Note that something happened; `product_id` in the properties names the item. */
    track(event, properties = {}) {
      visited(properties.product_id || properties.sku);
      return call("track", { event, properties });
    },

    /** Say who this is, in the shop's own words. */
    identify(userId, traits = {}) {
      if (kept.id) kept.user = String(userId);
      return call("identify", { traits });
    },

    page(name, properties = {}) {
      return call("page", { name, properties });
    },

    /** Forget who this is and what they agreed to; a no stays a no. */
    reset() {
      const refused = kept.choice && !agreed();
      kept = { choice: refused ? kept.choice : undefined, owed: kept.owed };
      keep();
      changed();
    },
  };

  addEventListener("storage", ({ key }) => {
    if (key && key != NAME) return;
    kept = read(lasting);
    changed();
  });
  addEventListener("pagehide", () => kept.unsent?.length && quietly(send({ keepalive: true })));
  addEventListener("online", () => flush());
  if (kept.owed?.length || kept.unsent?.length) flush();
  return shop;
}

/** Track what the page marks: `data-tactful-event`, at once, or when it is submitted or clicked. */
function listen(shop) {
  document.querySelectorAll("[data-tactful-event]").forEach((place) => {
    const { tactfulEvent: event, tactfulItem: product_id } = place.dataset;
    const tell = () => shop.track(event, { product_id });
    const on = { FORM: "submit", A: "click", BUTTON: "click" }[place.tagName];
    on ? place.addEventListener(on, tell) : tell();
  });
}

const { searchParams: said } = new URL(import.meta.url);
if (said.has("writeKey")) {
  const shop = connect(Object.fromEntries(said));
  window.tactful = shop;
  listen(shop);
  shop.consent.onChange(() => shop.fill());
  shop.fill();
}
