import ipaddr from "ipaddr.js";

/** Who answers for 64 bits of an IPv6 address: providers give each customer at least that many. */
const PREFIX_GROUPS = 4;

/**
 * The address that rate limits count for a request: an IPv4 address, or the first 64 bits of an IPv6 address, in
 * one spelling whatever the caller's is. "unknown" if there is none.
 */
export function clientAddress(headers: Headers): string {
  // Cloudflare sets this header, so callers cannot choose its value.
  const text = headers.get("cf-connecting-ip")?.trim().replace(/%.*$/, "") ?? "";
  if (text === "" || !ipaddr.isValid(text)) return "unknown";
  // IPv4-mapped addresses (::ffff:192.0.2.1) become the addresses that they map to.
  const address = ipaddr.process(text);
  if (address.kind() === "ipv4") return address.toString();
  const { parts } = address as ipaddr.IPv6;
  return `${parts
    .slice(0, PREFIX_GROUPS)
    .map((part) => part.toString(16))
    .join(":")}::/64`;
}
