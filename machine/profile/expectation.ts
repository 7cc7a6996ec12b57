// What the schema wants at a place of the document, in words. It reads the JSON Schema, so that there is one source for both.
import * as z from 'zod';
import { type Path, valueAt } from './paths.ts';
import { machineProfileSchema } from './schema.ts';

/** The keywords that the profile's schema comes out with. */
export interface JsonSchema {
  $schema?: string;
  $id?: string;
  title?: string;
  description?: string;
  type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean';
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  propertyNames?: JsonSchema;
  prefixItems?: JsonSchema[];
  /** Elements behind prefixItems; false: there are none. */
  items?: JsonSchema | false;
  minItems?: number;
  maxItems?: number;
  minimum?: number;
  maximum?: number;
  multipleOf?: number;
  minLength?: number;
  pattern?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
}

/** The schema of a profile as JSON Schema, draft 2020-12. It cannot say what fields must be to each other. */
export function profileJsonSchema(): JsonSchema {
  return { title: 'Manycore machine profile', ...(z.toJSONSchema(machineProfileSchema) as JsonSchema) };
}

/** Made when the first error is worded. */
let wholeSchema: JsonSchema | undefined;

/** The schema's part for a path; where it offers variants, the one that the document's `kind` names. */
export function schemaAt(path: Path, document: unknown): JsonSchema | undefined {
  wholeSchema ??= profileJsonSchema();
  let node: JsonSchema | undefined = wholeSchema;
  for (let depth = 0; depth <= path.length && node; depth++) {
    if (node.oneOf) {
      const kind = valueAt(document, [...path.slice(0, depth), 'kind']);
      node = node.oneOf.find((variant) => variant.properties?.kind?.const === kind) ?? variantNames(node.oneOf);
    }
    if (depth === path.length) break;
    const step = path[depth];
    node = typeof step === 'number' ? elementOf(node, step) : fieldOf(node, step);
  }
  return node;
}

function elementOf({ prefixItems, items }: JsonSchema, index: number): JsonSchema | undefined {
  return prefixItems?.[index] ?? (items || undefined);
}

function fieldOf({ properties, additionalProperties }: JsonSchema, key: string): JsonSchema | undefined {
  if (properties && Object.hasOwn(properties, key)) return properties[key];
  return typeof additionalProperties === 'object' ? additionalProperties : undefined;
}

/** Stands for variants of which none was chosen: all that is known is which kinds there are. */
function variantNames(variants: readonly JsonSchema[]): JsonSchema {
  return {
    type: 'object',
    properties: { kind: { enum: variants.map((variant) => variant.properties?.kind?.const) } },
    required: ['kind'],
  };
}

/** "a whole number from 1 to 128" */
export function expectation(node: JsonSchema): string {
  if (node.const !== undefined) return JSON.stringify(node.const);
  const choices =
    node.enum ??
    (node.anyOf?.every((part) => part.const !== undefined) ? node.anyOf.map((part) => part.const) : undefined);
  if (choices)
    return choices.length === 1
      ? JSON.stringify(choices[0])
      : `one of ${choices.map((choice) => JSON.stringify(choice)).join(', ')}`;
  switch (node.type) {
    case 'integer':
      return `a whole number${range(node)}`;
    case 'number':
      return `a number${range(node)}${node.multipleOf === undefined ? '' : ` in steps of ${node.multipleOf}`}`;
    case 'boolean':
      return 'true or false';
    case 'string':
      return node.pattern === undefined ? 'a text that is not empty' : `a text that matches ${node.pattern}`;
    case 'array':
      return `a list${length(node)}`;
    default:
      return node.required ? `an object with ${node.required.join(', ')}` : 'an object';
  }
}

function range({ minimum, maximum }: JsonSchema): string {
  const least = minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER ? minimum : undefined;
  const most = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined;
  if (least !== undefined && most !== undefined) return ` from ${least} to ${most}`;
  if (least !== undefined) return `, at least ${least}`;
  return most === undefined ? '' : `, at most ${most}`;
}

function length({ minItems, maxItems, prefixItems }: JsonSchema): string {
  if (prefixItems) return ` of ${prefixItems.length}`;
  if (minItems !== undefined && maxItems !== undefined) return ` of ${minItems} to ${maxItems}`;
  if (maxItems !== undefined) return ` of at most ${maxItems}`;
  return minItems === undefined ? '' : ` of at least ${minItems}`;
}
