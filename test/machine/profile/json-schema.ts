// A validator for the part of JSON Schema (draft 2020-12) that the profile's schema uses, written from the standard, so that the exported
// schema is judged by something else than the library that wrote it. It refuses keywords that it does not know.
import type { JsonSchema } from '../../../machine/profile/expectation.ts';

const KNOWN = new Set(
  `$schema title description type properties required additionalProperties propertyNames items prefixItems minItems maxItems minimum maximum
   multipleOf minLength pattern const enum anyOf oneOf`.split(/\s+/),
);

export function accepts(schema: JsonSchema, value: unknown): boolean {
  for (const keyword of Object.keys(schema)) if (!KNOWN.has(keyword)) throw new Error(`unknown keyword ${keyword}`);
  if (schema.type !== undefined && !hasType(schema.type, value)) return false;
  if (schema.const !== undefined && value !== schema.const) return false;
  if (schema.enum && !schema.enum.includes(value)) return false;
  if (schema.anyOf && !schema.anyOf.some((part) => accepts(part, value))) return false;
  if (schema.oneOf && schema.oneOf.filter((part) => accepts(part, value)).length !== 1) return false;
  if (typeof value === 'number') return acceptsNumber(schema, value);
  if (typeof value === 'string') {
    return (
      value.length >= (schema.minLength ?? 0) &&
      (schema.pattern === undefined || new RegExp(schema.pattern).test(value))
    );
  }
  if (Array.isArray(value)) return acceptsArray(schema, value);
  return typeof value !== 'object' || value === null || acceptsObject(schema, value as Record<string, unknown>);
}

function hasType(type: NonNullable<JsonSchema['type']>, value: unknown): boolean {
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return typeof value === type;
}

function acceptsNumber({ minimum, maximum, multipleOf }: JsonSchema, value: number): boolean {
  if (value < (minimum ?? Number.NEGATIVE_INFINITY) || value > (maximum ?? Number.POSITIVE_INFINITY)) return false;
  return multipleOf === undefined || Number.isInteger(value / multipleOf);
}

function acceptsArray({ prefixItems = [], items, minItems = 0, maxItems }: JsonSchema, value: unknown[]): boolean {
  if (value.length < minItems || value.length > (maxItems ?? Number.POSITIVE_INFINITY)) return false;
  return value.every((element, i) => {
    if (i < prefixItems.length) return accepts(prefixItems[i], element);
    return items === undefined || (items !== false && accepts(items, element));
  });
}

function acceptsObject(schema: JsonSchema, value: Record<string, unknown>): boolean {
  const { properties = {}, required = [], additionalProperties, propertyNames } = schema;
  if (required.some((key) => !Object.hasOwn(value, key))) return false;
  return Object.entries(value).every(([key, inner]) => {
    if (propertyNames && !accepts(propertyNames, key)) return false;
    if (Object.hasOwn(properties, key)) return accepts(properties[key], inner);
    if (typeof additionalProperties === 'object') return accepts(additionalProperties, inner);
    return additionalProperties !== false;
  });
}
