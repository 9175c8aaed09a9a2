/** Which hosts an image may be fetched from. */
import ipaddr from "ipaddr.js";

/** Names that resolve within a local network or to the machine itself. */
const LOCAL_NAMES =
  /(?:^|\.)(?:localhost|localdomain|localnet|local|internal|intranet|private|corp|home|lan|fritz\.box|mshome|workgroup|svc|cluster|consul|nomad|docker|kubernetes|vpn|home\.arpa|test|example|invalid|onion|alt|arpa)$/;

/** Public DNS services that resolve a name to the address that it contains. */
const ADDRESS_SPELLING_NAMES =
  /(?:^|\.)(?:nip\.io|sslip\.io|xip\.io|localtest\.me|lvh\.me|vcap\.me|lacolhost\.com|traefik\.me|backname\.io)$/;

/** The only IPv6 addresses of the public Internet (RFC 4291). Others can contain any IPv4 address, as ::/96 does. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR("2000::/3");
/** The virtual machines of Azure reach its platform at this public address. */
const AZURE_HOST = "168.63.129.16";

/**
 * Explains why a URL must not be fetched, as the end of a sentence; undefined if it may be fetched.
 *
 * `URL` has already converted every spelling of an IPv4 address (`2130706433`, `0x7f.1`, full-width digits)
 * to dotted decimals, and names to lower-case ASCII.
 */
export function findForbidden(url: URL): string | undefined {
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    return `its scheme is ${url.protocol.slice(0, -1)}, not http or https`;
  }
  if (url.username !== "" || url.password !== "") return "it contains a user name or a password";
  if (url.port !== "") return `its port is ${url.port}, not the default port`;
  const host = withoutTrailingDot(url.hostname.replace(/^\[|\]$/g, ""));
  if (/^\.|\.\.|\.$/.test(host)) return `"${host}" has an empty label`;
  if (ipaddr.isValid(host)) return findForbiddenAddress(host);
  if (!host.includes(".")) return `"${host}" is a name in a local network`;
  if (LOCAL_NAMES.test(host)) return `"${host}" is a name in a local network`;
  if (ADDRESS_SPELLING_NAMES.test(host)) return `"${host}" can resolve to any address`;
  return undefined;
}

function findForbiddenAddress(host: string): string | undefined {
  // IPv4-mapped addresses (::ffff:127.0.0.1) are treated as the addresses that they map to.
  const address = ipaddr.process(host);
  const range = address.range();
  if (range !== "unicast") return `${host} is not a public address (${range})`;
  const isPublic =
    address.kind() === "ipv4"
      ? address.toString() !== AZURE_HOST
      : (address as ipaddr.IPv6).match(GLOBAL_UNICAST);
  return isPublic ? undefined : `${host} is not a public address`;
}

/** A name with a trailing dot is the same name. */
export function withoutTrailingDot(host: string): string {
  return host.replace(/\.$/, "");
}
