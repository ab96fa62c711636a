// The executable `pulumi-language-nodejs`: prints the port of its gRPC server and serves the engine that started it. It
// stands in where a Pulumi CLI comes without its language hosts, such as one built from its Go module.
import { fstatSync } from 'node:fs';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { LanguageRuntimeService } from '@pulumi/pulumi/proto/language_grpc_pb';
import { version } from '../../package.json';
import { childProcesses } from './child-processes';
import { parseHostArguments } from './host-arguments';
import { languageRuntime } from './language-runtime';

// Set by our launcher for our own TypeScript; programs have a tsconfig of their own.
delete process.env['TSX_TSCONFIG_PATH'];

const children = childProcesses();
const server = new Server({ 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 });
server.addService(
  LanguageRuntimeService,
  languageRuntime({ host: parseHostArguments(process.argv.slice(2)), children, version }),
);

function end(code: number): void {
  children.killAll();
  server.forceShutdown();
  process.exit(code);
}

// The engine interrupts its hosts when it is done with them.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end(0));
// The engine holds the other end of our standard input: it ends when the engine does, even when that is killed.
const standardInput = fstatSync(0);
if (standardInput.isFIFO() || standardInput.isSocket()) {
  process.stdin.on('end', () => end(0)).on('error', () => end(0));
  process.stdin.resume();
}

server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error) {
    process.stderr.write(`pulumi-language-nodejs cannot listen on loopback: ${error.message}\n`);
    process.exit(1);
  }
  process.stdout.write(`${port}\n`);
});
