/**
 * What the demonstration's shop adds to its pages: the reports of its bar, and two conveniences.
 * Everything works without it.
 */

const shop = window.tactful;
const find = (selector, root = document) => [...root.querySelectorAll(selector)];
const bar = document.querySelector("[data-report]");
const words = JSON.parse(bar.dataset.words);
const dial = document.querySelector("[data-dial]");
const ladder = JSON.parse(dial.dataset.dial);
const levels = find("[name=level]", dial).map(({ value }) => value);
const TEACHING = "model_training";

const make = (tag, className, ...inside) => {
  const made = Object.assign(document.createElement(tag), { className });
  made.append(...inside);
  return made;
};

/** Say under the slot, and in the bar, what it used. */
function report({ target: slot, detail }) {
  const { level, purpose, basis, refused } = detail;
  slot.dataset.level = level;
  slot.querySelector("[data-shaped]").textContent = words.shaped[level];
  if (slot.dataset.only) keepOnly(slot, detail.items);
  const used = purpose
    ? `Used for “${words.purposes[purpose]}”, on the ground of ${basis.replaceAll("_", " ")}.`
    : "Nobody’s data was used.";
  const badge = make("span", `badge badge-${level}`, words.levels[level]);
  const lines = [
    make("dt", "", slot.querySelector("h2").textContent + " ", badge),
    make("dd", "", used),
    ...refused.map((one) => make("dd", "faint", `Not “${words.levels[one.level]}”: ${one.reason}.`)),
  ];
  const place = find(`[data-report-of="${slot.dataset.slot}"]`)[0] || make("dl", "");
  place.dataset.reportOf = slot.dataset.slot;
  place.replaceChildren(...lines);
  if (!place.isConnected) bar.append(place);
  keepApart();
}

/** Show only what has a reason of the kind that the slot is for; without any, not even the slot. */
function keepOnly(slot, items) {
  const kind = slot.dataset.only;
  const fitting = items.filter(({ id, because }) =>
    because.some((one) => one.kind == kind && one.item == id),
  );
  const ids = new Set(fitting.map(({ id }) => id));
  find("li.tile", slot).forEach((tile) => ids.has(itemOf(tile)) || tile.remove());
  slot.hidden = ids.size == 0;
}

const itemOf = (tile) => tile.querySelector("a").dataset.tactfulLink;

/** Show nothing twice on a page, and six in a row. */
function keepApart() {
  const seen = new Set();
  find("[data-tactful-slot]:not([data-only])").forEach((slot) => {
    let shown = 0;
    find("li.tile", slot).forEach((tile) => {
      const item = itemOf(tile);
      tile.hidden = seen.has(item) || shown == 6;
      if (tile.hidden) return;
      seen.add(item);
      shown += 1;
    });
  });
}

/** Turn the dial as it was chosen. */
function turn({ purposes }) {
  const level = levels.findLast((one) => purposes[ladder[one]]) || "none";
  dial.querySelector(`[value="${level}"]`).checked = true;
  dial.querySelector("[name=teach]").checked = purposes[TEACHING] === true;
  const badge = document.querySelector("[data-demo-level]");
  badge.className = `badge badge-${level}`;
  badge.textContent = words.levels[level];
}

/** Choose by the dial what the banner would have asked. */
function choose(submitted) {
  submitted.preventDefault();
  const form = submitted.target;
  const height = levels.indexOf(form.level.value);
  const said = Object.fromEntries(
    Object.entries(ladder).map(([level, purpose]) => [purpose, levels.indexOf(level) <= height]),
  );
  said[TEACHING] = form.teach.checked;
  document.querySelector("tactful-consent").close?.();
  shop.consent.set(said, { notice: form.notice.value, source: "demonstration bar" });
}

/** Put the banner away while a presenter's bar is open: it asks again when that is closed. */
function makeRoom(details) {
  details.addEventListener("toggle", () => {
    const banner = document.querySelector("tactful-consent");
    if (details.open) banner.close?.();
    else if (!shop.consent.now().asked) banner.open?.();
  });
}

if (shop) {
  document.addEventListener("tactful:filled", report);
  shop.consent.onChange(turn);
  if (shop.consent.now().asked) turn(shop.consent.now());
  dial.querySelector("form").addEventListener("submit", choose);
  makeRoom(bar.closest("details"));
  find("form[data-anonymous]").forEach((form) =>
    form.addEventListener("formdata", ({ formData }) => {
      if (shop.anonymousId) formData.set("anonymousId", shop.anonymousId);
    }),
  );
}

// Whoever is somebody else now has another browser as well.
find("[data-be-somebody]").forEach((form) =>
  form.addEventListener("submit", () => {
    shop?.reset();
    localStorage.removeItem("tactful");
    sessionStorage.removeItem("tactful");
  }),
);
