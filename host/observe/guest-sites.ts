// Places in guest code as reports show them: function, and source line where the module has a source map.
import type { CodeSite } from '../../machine/index.ts';
import { GuestCode } from '../guest-code.ts';

export interface SiteText {
  readonly name: string;
  /** Where the module's source map knows the place. */
  readonly file?: string;
  readonly line?: number;
}

export class GuestSites {
  readonly #codes = new Map<object, GuestCode>();

  /** Images whose file is known: names and lines of their places come from there. */
  add(image: { readonly module: ConstructorParameters<typeof GuestCode>[0] }, file: string): void {
    this.#codes.set(image, new GuestCode(image.module, file));
  }

  describe(site: CodeSite): SiteText {
    const code = this.#codes.get(site.image);
    if (code === undefined) return { name: site.name };
    const name = code.functionName(site.function);
    const source = code.sourceLine(site.offset);
    const colon = source?.lastIndexOf(':') ?? -1;
    if (source === undefined || colon < 0) return { name };
    return { name, file: source.slice(0, colon), line: Number(source.slice(colon + 1)) };
  }

  /** `divide (fault.ts:12)`, `divide (near fault.ts:12)`, or `divide (offset 0x1f3)`. */
  text(site: CodeSite): string {
    const code = this.#codes.get(site.image);
    return code?.location(site.function, site.offset) ?? `${site.name} (offset 0x${site.offset.toString(16)})`;
  }
}
