/**
 * What other tags on a page may do, said in their own words: Google Consent Mode v2, the IAB's
 * GPP (`__gpp`) and, for a registered platform, its TCF (`__tcfapi`).
 *
 * A plain script, to stand before any other tag: everything is denied until the server answered
 * how this visitor stands, and again at once when they take something back.  It stores nothing.
 */
(() => {
  const self = document.currentScript || document.querySelector('script[src*="/sdk/signals"]');
  const { origin, searchParams: said } = new URL(self.src);
  const DENIED = {
    ad_storage: "denied",
    ad_user_data: "denied",
    ad_personalization: "denied",
    analytics_storage: "denied",
    functionality_storage: "denied",
    personalization_storage: "denied",
    security_storage: "denied",
  };
  const TCF_POLICY = 5;
  const SECTIONS = { usnat: 7, usca: 8 };
  const ENDING = [
    ["PersonalDataConsents"],
    ["MspaCoveredTransaction"],
    ["MspaOptOutOptionMode"],
    ["MspaServiceProviderMode"],
  ];
  /** The fields of each section, in their order, with how often each is repeated. */
  const FIELDS = {
    usnat: [
      ["SharingNotice"],
      ["SaleOptOutNotice"],
      ["SharingOptOutNotice"],
      ["TargetedAdvertisingOptOutNotice"],
      ["SensitiveDataProcessingOptOutNotice"],
      ["SensitiveDataLimitUseNotice"],
      ["SaleOptOut"],
      ["SharingOptOut"],
      ["TargetedAdvertisingOptOut"],
      ["SensitiveDataProcessing", 16],
      ["KnownChildSensitiveDataConsents", 3],
      ...ENDING,
    ],
    usca: [
      ["SaleOptOutNotice"],
      ["SharingOptOutNotice"],
      ["SensitiveDataLimitUseNotice"],
      ["SaleOptOut"],
      ["SharingOptOut"],
      ["SensitiveDataProcessing", 9],
      ["KnownChildSensitiveDataConsents", 2],
      ...ENDING,
    ],
  };

  /** What was answered last; none while nothing is known, or something was just taken back. */
  let answered;
  let broken = false;
  let event = "tcloaded";
  let chosen = {};
  let asking = 0;
  let listeners = 0;

  /** Return what reads the bits of *text*, a number at a time. */
  const bits = (text) => {
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const all = [...text].map((c) => letters.indexOf(c).toString(2).padStart(6, "0")).join("");
    let at = 0;
    return (many) => parseInt(all.slice(at, (at += many)) || "0", 2);
  };

  /** Return which of the numbers from 1 on are set in the next *many* bits. */
  const flags = (read, many) => {
    const found = {};
    for (let id = 1; id <= many; id++) if (read(1)) found[id] = true;
    return found;
  };

  /** Return the vendors that a part of a TC string names: one by one, or in ranges. */
  const vendors = (read) => {
    const most = read(16);
    if (!read(1)) return flags(read, most);
    const found = {};
    for (let entries = read(12); entries > 0; entries--) {
      const ranged = read(1);
      const first = read(16);
      for (let id = first, last = ranged ? read(16) : first; id <= last; id++) found[id] = true;
    }
    return found;
  };

  const letter = (number) => String.fromCharCode(65 + number);

  /** Return what the TC string *text* says, as `TCData`. */
  const told = (text) => {
    const [core, ...others] = text.split(".");
    const read = bits(core);
    read(6 + 36 + 36);
    const [cmpId, cmpVersion] = [read(12), read(12)];
    read(6 + 12 + 12);
    const data = { tcString: text, cmpId, cmpVersion, tcfPolicyVersion: read(6) };
    data.isServiceSpecific = !!read(1);
    data.useNonStandardTexts = !!read(1);
    data.specialFeatureOptins = flags(read, 12);
    data.purpose = { consents: flags(read, 24), legitimateInterests: flags(read, 24) };
    data.purposeOneTreatment = !!read(1);
    data.publisherCC = letter(read(6)) + letter(read(6));
    data.vendor = { consents: vendors(read), legitimateInterests: vendors(read) };
    others.map(bits).forEach((part) => {
      if (part(3) == 1) data.vendor.disclosedVendors = vendors(part);
    });
    const nobody = { consents: {}, legitimateInterests: {} };
    data.publisher = { ...nobody, customPurpose: nobody, restrictions: {} };
    return data;
  };

  /** Return the sections of the GPP string *text*, by their names. */
  const sections = (text) => {
    const names = Object.keys(SECTIONS);
    const parts = (text || "").split("~").slice(1);
    return Object.fromEntries(
      parts.map((part, at) => {
        const [core, gpc] = part.split(".");
        const read = bits(core);
        const section = { Version: read(6) };
        FIELDS[names[at]].forEach(([field, times]) => {
          section[field] = times ? Array.from({ length: times }, () => read(2)) : read(2);
        });
        if (gpc) {
          const more = bits(gpc);
          section.GpcSegmentType = more(2);
          section.Gpc = !!more(1);
        }
        return [names[at], section];
      }),
    );
  };

  /** Call *tell* without letting another tag's mistake stop us. */
  const safely = (tell, ...what) => {
    try {
      tell(...what);
    } catch (error) {
      console.error(error);
    }
  };

  // --- Google Consent Mode

  window.dataLayer ||= [];
  window.gtag ||= function () {
    window.dataLayer.push(arguments);
  };
  window.gtag("consent", "default", { ...DENIED, wait_for_update: 500 });

  // --- GPP

  const gppListeners = new Map();
  const gppPing = () => {
    const parsedSections = sections(answered?.gpp);
    const list = Object.keys(parsedSections).map((name) => SECTIONS[name]);
    return {
      gppVersion: "1.1",
      cmpStatus: answered ? "loaded" : broken ? "error" : "loading",
      cmpDisplayStatus: "hidden",
      signalStatus: answered ? "ready" : "not ready",
      supportedAPIs: Object.entries(SECTIONS).map(([name, id]) => `${id}:${name}`),
      cmpId: 0,
      sectionList: list,
      applicableSections: list.length ? list.slice(-1) : answered ? [-1] : [],
      gppString: answered?.gpp || "",
      parsedSections,
    };
  };
  const gppEvent = (eventName, listenerId, data) => ({
    eventName,
    listenerId,
    data,
    pingData: gppPing(),
  });
  const gppCommands = {
    ping: (tell) => tell(gppPing(), true),
    addEventListener: (tell) => {
      gppListeners.set(++listeners, tell);
      tell(gppEvent("listenerRegistered", listeners, true), true);
    },
    removeEventListener: (tell, id) => {
      const gone = gppListeners.delete(id);
      tell(gppEvent("listenerRemoved", id, gone), gone);
    },
    hasSection: (tell, name) => tell(name in gppPing().parsedSections, true),
    getSection: (tell, name) => {
      const found = gppPing().parsedSections[name];
      tell(found ? [found] : null, !!found);
    },
    getField: (tell, path) => {
      const [name, field] = String(path).split(".");
      const found = gppPing().parsedSections[name]?.[field];
      tell(found ?? null, found !== undefined);
    },
  };
  const gppApi = (command, tell = () => {}, parameter) =>
    gppCommands[command] ? gppCommands[command](tell, parameter) : tell(null, false);

  // --- TCF

  const tcfListeners = new Map();
  const applies = () => (answered ? answered.gpp === null : undefined);
  const tcfStatus = () => (answered?.tcf ? "loaded" : answered || broken ? "error" : "loading");
  const tcfData = (listenerId) => {
    const base = { gdprApplies: applies(), tcfPolicyVersion: TCF_POLICY, cmpStatus: tcfStatus() };
    if (!answered?.tcf) return { ...base, listenerId };
    const data = told(answered.tcf);
    if (applies()) return { ...base, ...data, eventStatus: event, listenerId };
    const { cmpId, cmpVersion } = data;
    return { ...base, cmpId, cmpVersion, eventStatus: event, listenerId };
  };
  const tcfPing = () => ({
    gdprApplies: applies(),
    cmpLoaded: !!answered,
    cmpStatus: tcfStatus(),
    displayStatus: "hidden",
    apiVersion: "2.3",
    tcfPolicyVersion: TCF_POLICY,
    ...(answered?.tcf && { cmpId: told(answered.tcf).cmpId }),
  });
  const tcfCommands = {
    ping: (tell) => tell(tcfPing(), true),
    getTCData: (tell) => tell(tcfData(), !!answered?.tcf),
    addEventListener: (tell) => {
      tcfListeners.set(++listeners, tell);
      tell(tcfData(listeners), true);
    },
    removeEventListener: (tell, id) => tell(tcfListeners.delete(id)),
  };
  const tcfApi = (command, version, tell = () => {}, parameter) =>
    tcfCommands[command] && (!version || version == 2)
      ? tcfCommands[command](tell, parameter)
      : tell(null, false);

  /** Offer *api* as *name* to this page, and to frames in it, unless another platform does. */
  const offer = (name, api, call) => {
    if (window[name]) return;
    window[name] = api;
    const frame = () => {
      if (window.frames[`${name}Locator`]) return;
      const made = document.createElement("iframe");
      Object.assign(made, { name: `${name}Locator`, hidden: true });
      document.body.append(made);
    };
    document.body ? frame() : document.addEventListener("DOMContentLoaded", frame);
    const keys = [`${name}Call`, `${name}Return`];
    addEventListener("message", ({ data, source }) => {
      let message = data;
      try {
        if (typeof data == "string") message = JSON.parse(data);
      } catch {}
      const ask = message?.[keys[0]];
      if (!ask || !source) return;
      call(ask, (returnValue, success) => {
        const reply = { [keys[1]]: { returnValue, success, callId: ask.callId } };
        source.postMessage(typeof data == "string" ? JSON.stringify(reply) : reply, "*");
      });
    });
  };
  offer("__gpp", gppApi, ({ command, parameter }, tell) => gppApi(command, tell, parameter));
  if (said.has("tcf"))
    offer("__tcfapi", tcfApi, ({ command, version, parameter }, tell) =>
      tcfApi(command, version, tell, parameter),
    );

  // --- How this visitor stands

  /** Tell every tag what is *known* now; nothing known is nothing allowed. */
  const say = (known) => {
    answered = known;
    window.gtag("consent", "update", known?.googleConsentMode || DENIED);
    const status = answered ? "ready" : "not ready";
    const changed = Object.keys(sections(answered?.gpp));
    gppListeners.forEach((tell, id) => {
      changed.forEach((name) => safely(tell, gppEvent("sectionChange", id, name), true));
      safely(tell, gppEvent("signalStatus", id, status), true);
    });
    if (known || broken) tcfListeners.forEach((tell, id) => safely(tell, tcfData(id), true));
  };

  /** Ask how the visitor stands, less what they refused here; only the last answer counts. */
  const ask = async () => {
    const turn = ++asking;
    const refused = Object.keys(chosen).filter((purpose) => !chosen[purpose]);
    const query = new URLSearchParams({ writeKey: said.get("writeKey") });
    if (said.has("region")) query.set("region", said.get("region"));
    if (window.tactful?.anonymousId) query.set("anonymousId", window.tactful.anonymousId);
    if (refused.length) query.set("refused", refused);
    let known;
    try {
      const reply = await fetch(`${origin}/v1/consent/signals?${query}`);
      known = reply.ok ? await reply.json() : undefined;
    } catch {}
    if (turn != asking) return;
    broken = !known;
    say(known);
  };

  /** Take up a choice: what it takes back is denied at once. */
  const choose = ({ detail: { purposes } }) => {
    event = "useractioncomplete";
    const before = chosen;
    chosen = purposes;
    if (Object.keys(chosen).some((one) => !chosen[one] && before[one] !== false)) say();
    ask();
  };

  /** Begin, once the page knows who is there. */
  const begin = () => {
    const now = window.tactful?.consent.now();
    chosen = now?.purposes || {};
    if (!now?.asked) event = "cmpuishown";
    ask();
  };

  document.addEventListener("tactful:consent", choose);
  document.addEventListener("tactful:recorded", ask);
  document.readyState == "loading" ? document.addEventListener("DOMContentLoaded", begin) : begin();
})();
