export declare function bundleOf(
  app: string,
  root?: string,
): { readonly folder: string; readonly program: string; readonly inputs: string };
export declare function stateOf(path: string): string;
export declare function programOf(app: string, root?: string): string;
export declare function isFresh(app: string, root?: string): boolean;
