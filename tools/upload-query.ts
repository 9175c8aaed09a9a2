/**
 * Body of a GraphQL request with one file, after the GraphQL multipart request specification
 * (https://github.com/jaydenseric/graphql-multipart-request-spec).
 *
 * @param fileVariable - the variable that stands for the file
 */
export function uploadQuery(
  query: string,
  variables: Readonly<Record<string, unknown>>,
  fileVariable: string,
  file: File,
): FormData {
  const form = new FormData();
  form.set(
    "operations",
    JSON.stringify({ query, variables: { ...variables, [fileVariable]: null } }),
  );
  form.set("map", JSON.stringify({ 0: [`variables.${fileVariable}`] }));
  form.set("0", file);
  return form;
}
