/* Lets node read bpmn-js, whose files name one another without their ending, as the bundler does; to be imported before what imports it. */
import { register } from "node:module";

const ENDINGS = `export async function resolve(name, context, next) {
  try { return await next(name, context); } catch { return next(name + ".js", context); }
}`;
register(`data:text/javascript,${encodeURIComponent(ENDINGS)}`);
