// Each client of npm, told to send the same: `told` is a list of
// {kind, userId?, anonymousId?, event?, properties?, traits?, messageId?, timestamp?, consent?}.
import { createRequire } from "node:module";

const require = createRequire(`${process.cwd()}/`);
const { sender, address, key, told } = JSON.parse(process.env.GIVEN);
const date = (call) => (call.timestamp ? new Date(call.timestamp) : undefined);
const around = (call) => (call.consent ? { consent: { categoryPreferences: call.consent } } : {});
const plain = (object) => JSON.parse(JSON.stringify(object));

const senders = {
  async segment() {
    const { Analytics } = require("@segment/analytics-node");
    const client = new Analytics({ writeKey: key, host: address, flushAt: 100 });
    client.on("error", (error) => { throw new Error(`segment: ${JSON.stringify(error)}`); });
    for (const call of told) {
      const { kind, consent, timestamp, ...rest } = call;
      client[kind]({ ...rest, timestamp: date(call), context: around(call) });
    }
    await client.closeAndFlush();
  },
  async rudder() {
    const Rudder = require("@rudderstack/rudder-sdk-node");
    const client = new Rudder(key, { dataPlaneUrl: address, logLevel: "off", flushAt: 100 });
    for (const call of told) {
      const { kind, consent, timestamp, ...rest } = call;
      client[kind](plain({ ...rest, originalTimestamp: date(call), context: around(call) }));
    }
    await new Promise((done, fail) => client.flush((error) => (error ? fail(error) : done())));
  },
  async jitsu() {
    const { jitsuAnalytics } = require("@jitsu/js");
    for (const call of told) {
      const client = jitsuAnalytics({
        host: address, writeKey: `${key}:secret`, privacy: { consentCategories: call.consent ?? {} },
      });
      await client.reset();
      if (call.anonymousId) client.setAnonymousId(call.anonymousId);
      if (call.userId) await client.identify(call.userId, call.traits ?? {});
      if (call.kind === "track") await client.track(call.event, { ...call.properties });
      if (call.kind === "page") await client.page({ ...call.properties });
    }
  },
  async posthog() {
    const { PostHog } = require("posthog-node");
    const client = new PostHog(key, { host: address, flushAt: 100, fetchRetryDelay: 100 });
    for (const call of told) {
      const names = call.userId ? { distinctId: call.userId } : { distinctId: call.anonymousId };
      const personless = call.userId ? {} : { $process_person_profile: false };
      if (call.kind === "identify") client.identify({ ...names, properties: call.traits ?? {} });
      else {
        client.capture({
          ...names, uuid: call.messageId, timestamp: date(call),
          event: call.kind === "page" ? "$pageview" : call.event,
          properties: { ...call.properties, ...personless },
        });
      }
    }
    await client.shutdown();
  },
};
await senders[sender]();
