/** Errors for people who open a path of the API in a browser. */

/** Whether a browser shows the response to a person, as opposed to code that reads it. */
export function isForReader({ method, headers }: Request): boolean {
  const isRead = method === "GET" || method === "HEAD";
  return isRead && /\btext\/html\b/i.test(headers.get("accept") ?? "");
}

/** A page in both languages that says what is wrong and where to go on. */
export function errorPage(status: number, message: string, origin: string, headers: Headers) {
  const command = `curl --data-binary @photo.jpg ${origin}/classify`;
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>resnet-edge: ${status}</title>
<h1>${status}</h1>
<p>${escapeHtml(message)}</p>
<p><a href="/">Classify a photo</a>, or ask the API from a program:</p>
<pre><code>${escapeHtml(command)}</code></pre>
<p>GraphQL queries go to <code>${escapeHtml(origin)}/graphql</code> as POST with Content-Type application/json.</p>
<div lang="zh">
<h2>${status === 404 ? "此处没有内容" : "浏览器无法直接打开此地址"}</h2>
<p><a href="/">识别照片</a>，或在程序中用上面的命令调用 API。GraphQL 查询请以 POST 方式发送，Content-Type 为 application/json。</p>
</div>
</html>
`;
  const changed = new Headers(headers);
  changed.set("content-type", "text/html; charset=utf-8");
  changed.set("content-security-policy", "default-src 'none'; base-uri 'none'; form-action 'none'");
  changed.set("x-content-type-options", "nosniff");
  changed.append("vary", "accept");
  return new Response(html, { status, headers: changed });
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
