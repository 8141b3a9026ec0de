export declare const ensurePackages: (packages: readonly string[]) => void;
export declare const natsServer: () => string;
