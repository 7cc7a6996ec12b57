// Types of translations.mjs for the TypeScript that calls it.

export function translatorVersion(): Promise<string>;

export function buildTranslations(guests?: string, target?: string): Promise<void>;
