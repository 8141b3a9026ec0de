export declare const ensurePackages: (packages: readonly string[]) => void;
