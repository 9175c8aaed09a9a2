/** Replaces a property. Returns a function that undoes it. */
export function replaceProperty(object: object, name: string, value: unknown): () => void {
  const former = Object.getOwnPropertyDescriptor(object, name);
  Object.defineProperty(object, name, { value, configurable: true, writable: true });
  return () => {
    if (former) Object.defineProperty(object, name, former);
    else Reflect.deleteProperty(object, name);
  };
}
