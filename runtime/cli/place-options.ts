// Where requests go, on a command line: endpoints and Regions.
import { InvalidArgumentError } from 'commander';

/** The text itself, where it is an address that HTTP requests can go to. */
export function httpUrl(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new InvalidArgumentError('It must be a URL such as http://127.0.0.1:4571.');
}

/** The text itself, where it can be the name of a Region. */
export function regionName(text: string): string {
  if (/^[a-z]{2,}(-[a-z]+)+-\d+$/.test(text)) return text;
  throw new InvalidArgumentError('It must be an AWS Region such as us-east-1.');
}
