/** Entry point: wiring only. */
export default {
  async fetch(): Promise<Response> {
    return new Response("resnet-edge", { status: 503 });
  },
} satisfies ExportedHandler;
