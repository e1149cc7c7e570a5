/**
 * The address of the module of this name (`./worker`) beside the one at `url`. It ends as that one does: `.ts` in a checkout, `.js` in the
 * package.
 */
export function moduleBeside(url: string, name: string): URL {
  return new URL(name + url.slice(url.lastIndexOf('.')), url);
}
