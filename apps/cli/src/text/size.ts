const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** Writes sizes as a language does: 12 kB, 3,4 Mo. */
export function createSizes(language: string): (bytes: number) => string {
  return (bytes) => {
    const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
    const options = { style: "unit", unit: UNITS[power], unitDisplay: "short", maximumFractionDigits: 1 } as const;
    return new Intl.NumberFormat(language, options).format(bytes / 1000 ** power);
  };
}
