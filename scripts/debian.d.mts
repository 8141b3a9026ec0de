export declare const ensurePackages: (packages: readonly string[]) => void;
export declare const unpackPackage: (wanted: {
  readonly name: string;
  readonly release: string;
  readonly folder: string;
}) => string;
