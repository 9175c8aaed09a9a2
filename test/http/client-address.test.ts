import { expect, it } from "vitest";
import { clientAddress } from "../../src/http/client-address.ts";

const addressOf = (text: string) => clientAddress(new Headers({ "cf-connecting-ip": text }));

it.each([
  ["203.0.113.7", "203.0.113.7"],
  ["::ffff:203.0.113.7", "203.0.113.7"],
  ["::FFFF:cb00:7107", "203.0.113.7"],
  ["2001:db8:1:2::1", "2001:db8:1:2::/64"],
  ["2001:DB8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"],
  ["2001:0db8:0001:0002:0000:0000:0000:0001", "2001:db8:1:2::/64"],
  ["2001:db8:1:2::192.0.2.1", "2001:db8:1:2::/64"],
  ["2001:db8:1:3::1", "2001:db8:1:3::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ["", "unknown"],
  ["not an address", "unknown"],
])("rate limits count %j as %s", (text, expected) => {
  expect(addressOf(text)).toBe(expected);
});

it("rate limits count requests without an address together", () => {
  expect(clientAddress(new Headers())).toBe("unknown");
});
