/**
 * The consent banner: `<tactful-consent>`, and `<tactful-consent-link>` to change one's mind.
 *
 * Text and words come with the notice, for the visitor's region and language.  No stands beside
 * yes, as large; nothing is ticked beforehand; closing says nothing, and stores nothing.
 */

const UI = "banner@1";

const STYLE = `
:host { all: initial; color-scheme: light dark; --ink: light-dark(#1c1b1a, #f2efe9);
  --paper: light-dark(#fff, #24211e); --line: light-dark(#8a8178, #8f867c);
  --accent: var(--tactful-accent, light-dark(#1f5c4a, #8fd3bb));
  font: 1rem/1.5 var(--tactful-font, system-ui, sans-serif); color: var(--ink) }
:host(tactful-consent-link) { color: inherit; color-scheme: inherit; font: inherit }
* { box-sizing: border-box; font: inherit; color: inherit }
section { position: fixed; inset: auto 0 0; margin: auto; max-width: 46rem; max-height: 85vh;
  overflow: auto; scroll-padding-bottom: 8rem; padding: 1rem 1.25rem; background: var(--paper); z-index: 2147483000;
  border: 1px solid var(--line); border-bottom: 0; border-radius: .75rem .75rem 0 0;
  box-shadow: 0 -.25rem 1.5rem #0003 }
h2 { margin: 0 2rem .25rem 0; font-size: 1.15rem; font-weight: 650 }
p { margin: 0 0 .75rem }
.buttons { position: sticky; bottom: -1rem; margin: 0 -1.25rem -1rem; padding: .5rem 1.25rem 1rem;
  background: inherit; display: grid; grid-template-columns: 1fr 1fr; gap: .5rem }
button { min-height: 2.75rem; padding: .25rem .75rem; border: 2px solid var(--accent); border-radius: .5rem;
  background: var(--paper); color: var(--ink); cursor: pointer; font-weight: 600 }
button:hover { text-decoration: underline }
.wide { grid-column: 1 / -1; border-color: transparent; font-weight: 400; text-decoration: underline }
.save { grid-column: 1 / -1 }
.close { position: absolute; top: .5rem; right: .5rem; min-height: 2.25rem; min-width: 2.25rem; border: 0 }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
ul { list-style: none; margin: 0 0 .75rem; padding: 0 }
li { padding: .5rem 0; border-top: 1px solid var(--line) }
label { display: flex; gap: .6rem; align-items: center; min-height: 1.75rem; font-weight: 600 }
input { width: 1.4rem; height: 1.4rem; flex: none; accent-color: var(--accent) }
details { margin: .25rem 0 0 2rem }
summary { min-height: 1.5rem; cursor: pointer }
.said { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
.link { color: inherit; min-height: 1.75rem; padding: 0; border: 0; background: none; font-weight: 400; text-decoration: underline }
`;
const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);

/** Make an element; text is text, never markup. */
const make = (tag, properties, ...inside) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...inside);
  return made;
};

/** Make paragraphs of the notice's text. */
const paragraphs = (text) =>
  text
    .split(/\n\s*\n/)
    .filter((one) => one && !one.startsWith("#"))
    .map((one) => make("p", {}, one.replace(/\*\*|__/g, "")));

class Part extends HTMLElement {
  /** What the page is connected with; set it before, where the page connected itself. */
  get shop() {
    return this.connected || window.tactful;
  }

  set shop(shop) {
    this.connected = shop;
  }

  get inside() {
    if (!this.shadowRoot) this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
    return this.shadowRoot;
  }
}

class Consent extends Part {
  connectedCallback() {
    if (this.shop && !this.shop.consent.now().asked) this.open();
    this.addEventListener("keydown", ({ key }) => key == "Escape" && this.close());
  }

  /** Show the banner; on the visitor's wish, take them there, with what they chose so far. */
  async open(wished) {
    try {
      this.notice = await this.shop.notice();
    } catch {
      return; // nobody can be asked now: nothing is agreed to
    }
    const { notice } = this;
    this.lang = notice.locale;
    const title = make("h2", { id: "title", tabIndex: -1 }, notice.title);
    this.banner = make("section", { role: "dialog" }, title, ...this.first());
    this.banner.setAttribute("aria-labelledby", "title");
    this.inside.replaceChildren(this.banner);
    if (wished) {
      this.choose();
      title.focus();
    }
  }

  /** What is seen first: what it is about, no, yes, and the way to more. */
  first() {
    const { words, text } = this.notice;
    const { gpc } = this.shop.consent.now();
    const button = (label, onclick, className) =>
      make("button", { type: "button", onclick, className }, label);
    this.more = make("div", { className: "more" });
    this.deeper = button(words.choose, () => this.choose(), "wide");
    this.deeper.setAttribute("aria-expanded", "false");
    const close = button("×", () => this.close(), "close");
    close.setAttribute("aria-label", words.close);
    return [
      ...paragraphs(text).slice(0, 1),
      ...(gpc ? [make("p", { className: "signal" }, words.signal)] : []),
      this.more,
      make(
        "div",
        { className: "buttons" },
        button(words.reject, () => this.say(() => false), "no"),
        button(words.accept, () => this.say(() => true), "yes"),
        this.deeper,
      ),
      close,
    ];
  }

  /** What is seen one click deeper: each purpose by itself. */
  choose() {
    if (this.deeper.ariaExpanded == "true") return this.say((purpose) => this.ticked(purpose));
    const { words, purposes, text } = this.notice;
    const chosen = this.shop.consent.now().purposes;
    const one = (offered) => {
      const { purpose, title, default: stands, text: about } = offered;
      const always = stands == "always";
      const bound = this.bound(offered);
      const box = make("input", {
        type: "checkbox",
        name: purpose,
        checked: always || (chosen[purpose] === true && !bound),
        disabled: always || bound,
      });
      const told = make("details", {}, make("summary", {}, words.about), ...paragraphs(about));
      const why = always ? words.always : this.heard(offered) && words[offered.gpc];
      const label = make("label", {}, box, title + (why ? ` (${why})` : ""));
      return make("li", {}, label, told);
    };
    const whole = make("details", {}, make("summary", {}, words.whole), ...paragraphs(text));
    this.more.replaceChildren(make("ul", {}, ...purposes.map(one), make("li", {}, whole)));
    this.deeper.ariaExpanded = "true";
    this.deeper.textContent = words.save;
    this.deeper.className = "save";
  }

  /** What the browser's signal is to a purpose here: "binding", "honoured", or nothing. */
  heard({ gpc, default: stands }) {
    return stands != "always" && this.shop.consent.now().gpc ? gpc : "";
  }

  /** Whether the signal outranks a yes: such a yes is not taken, for it would count for nothing. */
  bound(offered) {
    return this.heard(offered) == "binding";
  }

  ticked(purpose) {
    return this.banner.querySelector(`[name="${purpose}"]`).checked;
  }

  /** Record what was said on each purpose that is the visitor's to choose. */
  async say(answer) {
    const { id, version, locale, purposes, words } = this.notice;
    const asked = purposes.filter(({ default: stands }) => stands != "always");
    const said = Object.fromEntries(
      asked.map((one) => [one.purpose, !this.bound(one) && answer(one.purpose)]),
    );
    this.inside.replaceChildren(make("p", { className: "said", role: "status" }, words.saved));
    await this.shop.consent.set(said, {
      notice: `${id}@${version}`,
      source: "banner",
      ui: UI,
      locale,
    });
  }

  /** Put the banner away: nothing is said by that. */
  close() {
    this.inside.replaceChildren();
  }
}

class ConsentLink extends Part {
  async connectedCallback() {
    const open = () => document.querySelector("tactful-consent")?.open(true);
    const link = make("button", { type: "button", className: "link", onclick: open });
    try {
      const { words, locale } = await this.shop.notice();
      link.textContent = words.change;
      this.lang = locale;
    } catch {
      link.textContent = "Privacy";
    }
    this.inside.replaceChildren(link); // not before it has a name
  }
}

customElements.define("tactful-consent", Consent);
customElements.define("tactful-consent-link", ConsentLink);
