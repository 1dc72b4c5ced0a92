/*
 * Write vectors/tcf.json and vectors/gpp.json: strings that the reference implementations encode,
 * with what the reference implementations decode them to.
 *
 *     cd tests/mechanisms/consent_strings
 *     npm install --no-package-lock --ignore-scripts
 *     node make_vectors.mjs
 *
 * The same versions give the same files.  The vendor lists are made up; no person and no real
 * consent is in them.  Sets of ids are written as "1-3,7".  `shorter` marks the strings for which
 * the reference does not choose the shorter encoding, as the specification asks, or does not sort
 * restrictions: ours decode to the same, but are not the same string.
 */

import { createRequire } from "node:module";
import { readFileSync, writeFileSync } from "node:fs";
import { GVL, PurposeRestriction, Segment, TCModel, TCString } from "@iabtcf/core";

// The ES modules of @iabgpp/cmpapi import folders, which node does not resolve: take the others.
const { GppModel } = createRequire(import.meta.url)("@iabgpp/cmpapi");

const SOURCES = JSON.parse(readFileSync(new URL("package.json", import.meta.url))).dependencies;
const DAY = new Date(Date.UTC(2026, 2, 2));
const LATER = new Date(Date.UTC(2026, 2, 9, 13, 37, 42, 300));
const { CORE, VENDORS_DISCLOSED, VENDORS_ALLOWED, PUBLISHER_TC } = Segment;

const numbers = (first, last) => Array.from({ length: last - first + 1 }, (_, i) => first + i);
const every = (step, ids) => ids.filter((_, i) => i % step === 0);

/** A fixed sequence that looks like chance, so that the files come out the same. */
function some(ids, share, seed) {
  let state = seed;
  return ids.filter(() => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 0x7fffffff < share;
  });
}

function runs(ids) {
  const parts = [];
  for (const id of [...ids].sort((a, b) => a - b)) {
    const last = parts.at(-1);
    if (last && last[1] === id - 1) last[1] = id;
    else parts.push([id, id]);
  }
  return parts.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(",");
}

/* ---- TCF ---- */

/** A global vendor list that consists of *ids*; each vendor may rely on either basis. */
function vendorList(ids, language) {
  const purposes = numbers(1, 11);
  const vendors = {};
  for (const id of ids) {
    const both = { purposes, legIntPurposes: purposes, flexiblePurposes: purposes };
    const rest = { specialPurposes: [], features: [], specialFeatures: [] };
    vendors[id] = { id, name: `Vendor ${id}`, ...both, ...rest };
  }
  const gvl = new GVL({
    gvlSpecificationVersion: 3,
    vendorListVersion: 148,
    tcfPolicyVersion: 5,
    lastUpdated: "2026-02-26T16:00:29Z",
    purposes: Object.fromEntries(purposes.map((id) => [id, { id, name: `Purpose ${id}` }])),
    specialPurposes: {},
    features: {},
    specialFeatures: {},
    stacks: {},
    vendors,
  });
  GVL.LANGUAGE_CACHE.set(language, {}); // no translated texts, and none fetched
  gvl.changeLanguage(language);
  return gvl;
}

function tcfString({ list, segments, language = "EN", sets = {}, restrictions = [], ...plain }) {
  const model = new TCModel(vendorList(list, language));
  Object.assign(model, { cmpId: 300, isServiceSpecific: true, created: DAY, lastUpdated: DAY });
  Object.assign(model, plain);
  for (const [name, ids] of Object.entries(sets)) model[name].set(ids);
  for (const [purpose, type, vendors] of restrictions) {
    for (const id of vendors) {
      model.publisherRestrictions.add(id, new PurposeRestriction(purpose, type));
    }
  }
  return TCString.encode(model, { segments });
}

function tcfFields(string) {
  const model = TCString.decode(string);
  const others = string.split(".").slice(1);
  const has = (letters) => others.some((text) => letters.includes(text[0]));
  const ids = (name) => runs(model[name].values());
  return {
    version: model.version,
    created: model.created.toISOString(),
    updated: model.lastUpdated.toISOString(),
    cmp_id: model.cmpId,
    cmp_version: model.cmpVersion,
    consent_screen: model.consentScreen,
    language: model.consentLanguage,
    vendor_list_version: model.vendorListVersion,
    policy_version: model.policyVersion,
    service_specific: model.isServiceSpecific,
    non_standard_texts: model.useNonStandardStacks,
    special_feature_opt_ins: ids("specialFeatureOptins"),
    purpose_consents: ids("purposeConsents"),
    purpose_legitimate_interests: ids("purposeLegitimateInterests"),
    purpose_one_treatment: model.purposeOneTreatment,
    publisher_country: model.publisherCountryCode,
    vendor_consents: ids("vendorConsents"),
    vendor_legitimate_interests: ids("vendorLegitimateInterests"),
    publisher_restrictions: model.publisherRestrictions.getRestrictions().map((one) => ({
      purpose: one.purposeId,
      type: one.restrictionType,
      vendors: runs(model.publisherRestrictions.getVendors(one)),
    })),
    disclosed_vendors: has("IJKLMNOP") ? ids("vendorsDisclosed") : null,
    allowed_vendors: has("QRSTUVWX") ? ids("vendorsAllowed") : null,
    publisher: has("YZabcdef") ? {
      consents: ids("publisherConsents"),
      legitimate_interests: ids("publisherLegitimateInterests"),
      custom_purposes: model.numCustomPurposes,
      custom_consents: ids("publisherCustomConsents"),
      custom_legitimate_interests: ids("publisherCustomLegitimateInterests"),
    } : null,
  };
}

const SHOWN = [CORE, VENDORS_DISCLOSED];
const TCF = [
  { name: "everything refused", list: numbers(1, 30), segments: SHOWN },
  {
    name: "everything granted: one range",
    list: numbers(1, 300),
    segments: SHOWN,
    language: "DE",
    publisherCountryCode: "DE",
    sets: {
      specialFeatureOptins: [1, 2],
      purposeConsents: numbers(1, 11),
      purposeLegitimateInterests: [2, 7, 8, 9, 10, 11],
      vendorConsents: numbers(1, 300),
      vendorLegitimateInterests: numbers(1, 300),
    },
  },
  {
    name: "a few hundred vendors here and there: bit fields",
    list: some(numbers(1, 800), 0.7, 7),
    segments: SHOWN,
    sets: {
      purposeConsents: [1, 3, 4, 7],
      purposeLegitimateInterests: [2, 9],
      vendorConsents: some(numbers(1, 800), 0.5, 11),
      vendorLegitimateInterests: some(numbers(1, 800), 0.3, 13),
    },
  },
  {
    name: "few vendors among many: single ids and groups",
    list: [2, 28, 52, 53, 54, 91, 755, 793, 1111],
    segments: SHOWN,
    sets: {
      purposeConsents: [1],
      vendorConsents: [28, 52, 53, 54, 755],
      vendorLegitimateInterests: [1111],
    },
  },
  {
    name: "the highest vendor id",
    list: [1, 65535],
    segments: SHOWN,
    sets: { vendorConsents: [65535], vendorLegitimateInterests: [1] },
  },
  {
    name: "restrictions of the publisher, some over gaps in the list",
    list: every(3, numbers(1, 400)),
    segments: SHOWN,
    sets: { purposeConsents: [1, 2, 3], vendorConsents: every(3, numbers(1, 400)) },
    restrictions: [
      [2, 1, every(3, numbers(1, 400))],
      [3, 0, [7, 31, 34, 40, 391]],
      [7, 2, [1, 4, 100]],
    ],
  },
  {
    name: "restrictions out of order",
    shorter: true,
    list: numbers(1, 60),
    segments: SHOWN,
    restrictions: [
      [10, 0, [5, 6, 7]],
      [2, 0, [9]],
    ],
  },
  {
    name: "a publisher with purposes of its own",
    list: numbers(1, 50),
    segments: [CORE, VENDORS_DISCLOSED, PUBLISHER_TC],
    numCustomPurposes: 5,
    sets: {
      purposeConsents: [1, 2],
      publisherConsents: [1, 2, 24],
      publisherLegitimateInterests: [7],
      publisherCustomConsents: [1, 5],
      publisherCustomLegitimateInterests: [2],
    },
  },
  {
    name: "a publisher without purposes of its own",
    list: numbers(1, 50),
    segments: [CORE, VENDORS_DISCLOSED, PUBLISHER_TC],
    sets: { publisherConsents: [1] },
  },
  {
    name: "before TCF 2.3: no vendors disclosed",
    list: numbers(1, 50),
    segments: [CORE],
    sets: { purposeConsents: [1], vendorConsents: [10, 20] },
  },
  {
    name: "global scope with allowed vendors",
    list: numbers(1, 100),
    segments: [CORE, VENDORS_DISCLOSED, VENDORS_ALLOWED],
    isServiceSpecific: false,
    sets: { vendorsAllowed: [3, 50, 99] },
  },
  {
    name: "every number at its highest",
    list: numbers(1, 10),
    segments: SHOWN,
    cmpId: 4095,
    cmpVersion: 4095,
    consentScreen: 63,
    useNonStandardStacks: true,
    purposeOneTreatment: true,
    publisherCountryCode: "ZA",
    lastUpdated: LATER,
    sets: { specialFeatureOptins: numbers(1, 12), purposeConsents: numbers(1, 24) },
  },
  {
    name: "one vendor below 45: the reference takes the longer bit field",
    shorter: true,
    list: numbers(1, 45),
    segments: SHOWN,
    sets: { vendorConsents: [40] },
  },
];

/* ---- GPP ---- */

const YES_NO = [null, true, false];
const NO_YES = [null, false, true];

function usFields(section, { sensitive, order, national }) {
  const yes = (name) => YES_NO[section[name]];
  const fields = {
    version: section.Version,
    sale_opt_out_notice: yes("SaleOptOutNotice"),
    sharing_opt_out_notice: yes("SharingOptOutNotice"),
    sensitive_data_limit_use_notice: yes("SensitiveDataLimitUseNotice"),
    sale_opt_out: yes("SaleOptOut"),
    sharing_opt_out: yes("SharingOptOut"),
    [sensitive]: section.SensitiveDataProcessing.map((value) => order[value]),
    known_child_consents: section.KnownChildSensitiveDataConsents.map((value) => NO_YES[value]),
    personal_data_consent: NO_YES[section.PersonalDataConsents],
    mspa_covered_transaction: yes("MspaCoveredTransaction"),
    mspa_opt_out_option_mode: yes("MspaOptOutOptionMode"),
    mspa_service_provider_mode: yes("MspaServiceProviderMode"),
    gpc: section.GpcSegmentIncluded === false ? null : section.Gpc,
  };
  if (!national) return fields;
  return {
    ...fields,
    sharing_notice: yes("SharingNotice"),
    targeted_advertising_opt_out_notice: yes("TargetedAdvertisingOptOutNotice"),
    sensitive_data_opt_out_notice: yes("SensitiveDataProcessingOptOutNotice"),
    targeted_advertising_opt_out: yes("TargetedAdvertisingOptOut"),
  };
}

function gppFields(string) {
  const model = new GppModel(string);
  const all = (name) => {
    const keys = [...Object.keys(model.getSection(name)), "GpcSegmentIncluded"];
    return Object.fromEntries(keys.map((key) => [key, model.getFieldValue(name, key)]));
  };
  const fields = { section_ids: model.getSectionIds() };
  if (model.hasSection("usnat")) {
    const as = { sensitive: "sensitive_data_consents", order: NO_YES, national: true };
    fields.usnat = usFields(all("usnat"), as);
  }
  if (model.hasSection("usca")) {
    const as = { sensitive: "sensitive_data_opt_outs", order: YES_NO, national: false };
    fields.usca = usFields(all("usca"), as);
  }
  if (model.hasSection("tcfeuv2")) {
    fields.tcfeuv2 = tcfFields(model.encodeSection("tcfeuv2"));
  }
  return fields;
}

function gppString(sections) {
  const model = new GppModel();
  for (const [name, values] of Object.entries(sections)) {
    for (const [field, value] of Object.entries(values)) model.setFieldValue(name, field, value);
  }
  return model.encode();
}

const OPTED_OUT = { SaleOptOut: 1, SharingOptOut: 1 };
const GPP = [
  { name: "national, nothing chosen", usnat: { GpcSegmentIncluded: false } },
  {
    name: "national, opted out of everything, GPC set",
    usnat: { ...OPTED_OUT, SaleOptOutNotice: 1, TargetedAdvertisingOptOut: 1, Gpc: true },
  },
  {
    name: "national, every field says something",
    usnat: {
      SharingNotice: 1,
      SaleOptOutNotice: 2,
      SharingOptOutNotice: 1,
      TargetedAdvertisingOptOutNotice: 2,
      SensitiveDataProcessingOptOutNotice: 1,
      SensitiveDataLimitUseNotice: 2,
      SaleOptOut: 2,
      SharingOptOut: 1,
      TargetedAdvertisingOptOut: 2,
      SensitiveDataProcessing: [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 1],
      KnownChildSensitiveDataConsents: [0, 1, 2],
      PersonalDataConsents: 2,
      MspaCoveredTransaction: 2,
      MspaOptOutOptionMode: 1,
      MspaServiceProviderMode: 2,
      Gpc: false,
    },
  },
  {
    name: "national of version 1",
    usnat: {
      Version: 1,
      ...OPTED_OUT,
      SensitiveDataProcessing: [2, 1, 0, 2, 1, 0, 2, 1, 0, 2, 1, 2],
      KnownChildSensitiveDataConsents: [1, 2],
      PersonalDataConsents: 1,
      Gpc: true,
    },
  },
  {
    name: "California, every field says something",
    usca: {
      SaleOptOutNotice: 1,
      SharingOptOutNotice: 2,
      SensitiveDataLimitUseNotice: 1,
      SaleOptOut: 2,
      SharingOptOut: 1,
      SensitiveDataProcessing: [0, 1, 2, 1, 2, 0, 2, 1, 0],
      KnownChildSensitiveDataConsents: [1, 2],
      PersonalDataConsents: 1,
      MspaCoveredTransaction: 1,
      MspaOptOutOptionMode: 2,
      MspaServiceProviderMode: 1,
      GpcSegmentIncluded: false,
    },
  },
  { name: "national and California", usnat: { ...OPTED_OUT, Gpc: true }, usca: { Gpc: true } },
  {
    name: "Europe, national and others that are not looked into",
    tcfeuv2: {
      CmpId: 300,
      ConsentLanguage: "FR",
      VendorListVersion: 148,
      PurposeConsents: numbers(1, 24).map((id) => id <= 4),
      VendorConsents: [2, 28, 91],
      VendorsDisclosed: numbers(1, 120),
      LastUpdated: DAY,
    },
    usnat: { Gpc: false },
    uspv1: { Notice: "Y", OptOutSale: "N", LspaCovered: "N" },
    usva: { SaleOptOut: 1 },
    ustx: { SaleOptOut: 2 },
  },
];

function write(file, source, vectors) {
  const head = { source: `${source} ${SOURCES[source]}`, made_by: "make_vectors.mjs" };
  const lines = vectors.map((vector) => `    ${JSON.stringify(vector)}`).join(",\n");
  const whole = `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "vectors": [\n${lines}\n  ]\n}\n`;
  writeFileSync(new URL(`vectors/${file}`, import.meta.url), whole);
}

write("tcf.json", "@iabtcf/core", TCF.map(({ name, shorter = false, ...given }) => {
  const string = tcfString(given);
  return { name, string, shorter, fields: tcfFields(string) };
}));
write("gpp.json", "@iabgpp/cmpapi", GPP.map(({ name, ...sections }) => {
  const string = gppString(sections);
  return { name, string, fields: gppFields(string) };
}));
