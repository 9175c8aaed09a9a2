import { describe, expect, it } from "vitest";
import { findForbidden } from "../../src/sources/forbid-host.ts";

/** Spellings of addresses that callers must not reach through the service. */
const REJECTED = [
  // IPv4 loopback
  "http://127.0.0.1/",
  "http://127.1/",
  "http://127.0.1/",
  "http://2130706433/",
  "http://0x7f000001/",
  "http://0x7f.1/",
  "http://0177.0.0.1/",
  "http://017700000001/",
  "http://127.255.255.254/",
  "http://127.0.0.1./",
  "http://①②⑦.0.0.1/",
  "http://１２７.０.０.１/",
  "http://127。0。0。1/",
  "http://%31%32%37.0.0.1/",
  "http://0.0.0.0/",
  "http://0/",
  // Private, shared, link-local, metadata, multicast, reserved
  "http://10.0.0.1/",
  "http://167772161/",
  "http://172.16.0.1/",
  "http://172.31.255.255/",
  "http://192.168.1.1/",
  "http://192.168.257/",
  "http://100.64.0.1/",
  "http://169.254.169.254/latest/meta-data/",
  "http://2852039166/",
  "http://0xa9fea9fe/",
  "http://224.0.0.1/",
  "http://240.0.0.1/",
  "http://255.255.255.255/",
  "http://192.0.2.1/",
  "http://198.18.0.1/",
  // IPv6
  "http://[::1]/",
  "http://[0:0:0:0:0:0:0:1]/",
  "http://[::]/",
  "http://[::ffff:127.0.0.1]/",
  "http://[::ffff:7f00:1]/",
  "http://[::ffff:169.254.169.254]/",
  "http://[::ffff:10.0.0.1]/",
  "http://[64:ff9b::7f00:1]/",
  "http://[2002:7f00:1::]/",
  "http://[fe80::1]/",
  "http://[fc00::1]/",
  "http://[fd12:3456::1]/",
  "http://[ff02::1]/",
  "http://[2001:db8::1]/",
  // Names
  "http://localhost/",
  "http://LOCALHOST/",
  "http://localhost./",
  "http://a.localhost/",
  "http://printer.local/",
  "http://metadata.google.internal/",
  "http://db.internal./",
  "http://router.lan/",
  "http://nas.home.arpa/",
  "http://intranet/",
  "http://127.0.0.1.nip.io/",
  "http://10-0-0-1.sslip.io/",
  "http://localtest.me/",
  // User names, ports, schemes
  "http://example.com@127.0.0.1/",
  "http://user:secret@example.com/",
  "https://example.com:22/",
  "http://example.com:6379/",
  "ftp://example.com/cat.jpg",
  "file:///etc/passwd",
  "data:image/png;base64,AAAA",
  "javascript:alert(1)",
  "blob:https://example.com/1",
] as const;

const ACCEPTED = [
  "https://example.com/cat.jpg",
  "http://example.com/cat.jpg",
  "https://EXAMPLE.com./cat.jpg",
  "https://example.com:443/cat.jpg",
  "http://example.com:80/cat.jpg",
  "https://images.example.co.uk/a/b?c=d#e",
  "https://8.8.8.8/cat.jpg",
  "https://[2606:4700:4700::1111]/cat.jpg",
  "https://bücher.example.com/cat.jpg",
  "https://internal.example.com/cat.jpg",
  "https://localhost.example.com/cat.jpg",
  "https://example.com/@127.0.0.1/cat.jpg",
  "https://172.32.0.1/cat.jpg",
] as const;

describe("findForbidden", () => {
  it.each(REJECTED)("rejects %s", (url) => {
    expect(findForbidden(new URL(url))).toBeTypeOf("string");
  });

  it.each(ACCEPTED)("accepts %s", (url) => {
    expect(findForbidden(new URL(url))).toBeUndefined();
  });
});
