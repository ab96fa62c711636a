// Between the SDK's property names (vectorBucketArn) and Cloud Control's (VectorBucketArn). The types of
// AWS::S3Vectors have no property whose names differ by more than the first letter.
import { isPlainMap, type PlainMap, type PlainValue } from '../plugin/property-value';

function renamed(value: PlainValue, rename: (name: string) => string): PlainValue {
  if (Array.isArray(value)) return value.map((element) => renamed(element, rename));
  if (!isPlainMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [rename(name), renamed(inner, rename)]),
  );
}

export const toCloudControlName = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
const toSdkName = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

export const toCloudControl = (value: PlainValue): PlainValue => renamed(value, toCloudControlName);
export const toSdk = (value: PlainMap): PlainMap => renamed(value, toSdkName) as PlainMap;
