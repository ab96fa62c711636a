// The whole way in order: tool chain, local cloud, three stacks with the policy pack enforced, texts stored through
// the service's Lambda function. Each step is a task of the list that is shown; what they make is returned.
import type { ListrTask } from 'listr2';
import path from 'node:path';
import { parseServiceOutputs } from '../../contract/outputs/service';
import { parseStorageOutputs } from '../../contract/outputs/storage';
import { bringUp, localEnvironment, stacksRefreshed } from '../cloud';
import type { BroughtUp } from '../cloud';
import { describeChanges } from '../engine/printed';
import { stackOutputs, up } from '../engine/stack';
import type { StackOptions } from '../engine/stack';
import type { LocalPaths } from '../paths';
import { ensureToolchain } from '../toolchain';
import type { Toolchain } from '../toolchain';
import type { Deployed } from './closing-words';
import { ownDocuments } from './corpus/own-documents';
import { OWN_CORPUS, corpusOf, sectionsOf } from './corpus/sections';
import type { Section } from './corpus/sections';
import { readFolder } from './corpus/text-files';
import { LOCAL_STACKS, stackOptions } from './local-stacks';
import type { Service } from './service';
import { serviceOf } from './service';
import { removeStaleSections, storeSections } from './store-sections';
import { taskDetail, taskProgress } from './task-progress';

/** What the tasks make, each for those after it. */
export interface Started {
  toolchain: Toolchain;
  cloud: BroughtUp;
  environment: Readonly<Record<string, string>>;
  deployed: Deployed;
  service: Service;
  /** Of all texts; questions are asked to this one only. */
  corpus: string;
  sections: readonly Section[];
  /** What ended the list early. */
  failure: unknown;
  /** Sections that the service refused; `npm start` then ends with an exit code other than zero. */
  failed: number;
  /** Sentences that a person should read after the list: what was passed over or recovered. */
  notes: string[];
}

type Task = ListrTask<Started>;

/** The tasks of `npm start`, for a listr2 list; `corpus` is an absolute path or undefined for the own documents. */
export function startTasks(paths: LocalPaths, corpus: string | undefined, signal: AbortSignal): Task[] {
  const tasks = [
    corpusTask(paths, corpus),
    toolchainTask(paths, signal),
    cloudTask(paths),
    ...LOCAL_STACKS.map((stack) => stackTask(paths, stack, signal)),
    storeTask(),
  ];
  return tasks.map(toldOnce);
}

/** The list shows that a task failed; why is told once, below the list, and not in the middle of it. */
function toldOnce({ title, task }: Task): Task {
  return {
    title,
    task: async (context, wrapper) => {
      try {
        await task(context, wrapper);
      } catch (error) {
        context.failure = error;
        throw new Error('see below');
      }
    },
  };
}

/** First, because it is the person's own input: a wrong folder should not be found out after minutes. */
function corpusTask(paths: LocalPaths, corpus: string | undefined): Task {
  return {
    title: 'Texts',
    task: async (context, task) => {
      const { files, skipped } =
        corpus === undefined ? await ownDocuments(paths.root) : await readFolder(corpus);
      context.corpus = corpus === undefined ? OWN_CORPUS : corpusOf(corpus);
      context.sections = files.flatMap((file) => sectionsOf(file, context.corpus));
      context.notes = skipped.map(({ reason }) => `Skipped: ${reason}.`);
      task.title = `Texts: ${context.sections.length} sections of ${files.length} documents`;
    },
  };
}

function toolchainTask(paths: LocalPaths, signal: AbortSignal): Task {
  return {
    title: 'Tool chain',
    task: async (context, task) => {
      context.toolchain = await ensureToolchain({ paths, report: taskProgress(task), signal });
      const { pulumi, ministack } = context.toolchain;
      task.title = `Tool chain: Pulumi ${pulumi.version}, ministack ${ministack.version}`;
    },
  };
}

function cloudTask(paths: LocalPaths): Task {
  return {
    title: 'Local cloud',
    task: async (context, task) => {
      const { toolchain } = context;
      context.cloud = await bringUp({
        paths,
        python: toolchain.ministack.python,
        report: taskProgress(task),
      });
      context.environment = localEnvironment(context.cloud.cloud, toolchain, { paths });
      const { started, recoveredFromCrash, movedPorts } = context.cloud;
      for (const { name, from, to } of movedPorts) {
        context.notes.push(`${name} listens on port ${to}: its port ${from} of last time is taken.`);
      }
      if (recoveredFromCrash) {
        context.notes.push(
          'The local cloud had not been stopped properly: the stacks were compared with what is there and put right.',
        );
      }
      task.title = `Local cloud: ${started.length === 0 ? 'runs already' : `started ${started.join(' and ')}`}`;
    },
  };
}

function stackTask(paths: LocalPaths, stack: (typeof LOCAL_STACKS)[number], signal: AbortSignal): Task {
  return {
    title: `Stack ${stack.name}`,
    task: async (context, task) => {
      const options = engineOptions(paths, context, stack, signal);
      const changes = await up(options, {
        policyPacks: [path.join(paths.root, 'policy-pack')],
        refresh: context.cloud.recoveredFromCrash,
        onProgress: taskDetail(task),
      });
      task.title = `Stack ${stack.name}: ${describeChanges(changes)}`;
      if (stack.name === LOCAL_STACKS.at(-1)?.name) {
        await stacksRefreshed(paths);
        await readDeployed(paths, context, signal);
      }
    },
  };
}

async function readDeployed(paths: LocalPaths, context: Started, signal: AbortSignal): Promise<void> {
  const outputs = async (name: string) => {
    const stack = LOCAL_STACKS.find((candidate) => candidate.name === name);
    return stack === undefined ? undefined : stackOutputs(engineOptions(paths, context, stack, signal));
  };
  const storage = parseStorageOutputs(await outputs('storage'));
  const service = parseServiceOutputs(await outputs('service'));
  context.deployed = {
    vectorBucketName: storage.vectorBucketName,
    indexName: storage.episodeIndexName,
    functionName: service.functionName,
  };
  context.service = serviceOf(service.functionName, context.environment);
}

function storeTask(): Task {
  return {
    title: 'Store',
    task: async (context, task) => {
      const { service, sections } = context;
      const detail = taskDetail(task);
      const { stored, unchanged, failed } = await storeSections(service, sections, (done) =>
        detail(`${done} of ${sections.length} sections`),
      );
      detail('looking for sections that are gone');
      const removed = await removeStaleSections(service, context.corpus, sections);
      context.failed = failed.length;
      context.notes.push(...failed.map(({ id, reason }) => `Not stored: ${id}: ${reason}`));
      const parts = [
        `${stored} sections stored`,
        ...(unchanged > 0 ? [`${unchanged} were there already`] : []),
        ...(removed > 0 ? [`${removed} removed`] : []),
        ...(failed.length > 0 ? [`${failed.length} failed`] : []),
      ];
      task.title = `Store: ${parts.join(', ')}`;
    },
  };
}

function engineOptions(
  paths: LocalPaths,
  { toolchain, environment }: Pick<Started, 'toolchain' | 'environment'>,
  stack: (typeof LOCAL_STACKS)[number],
  signal: AbortSignal,
): StackOptions {
  return stackOptions(paths.root, stack, { pulumi: toolchain.pulumi.path, environment, signal });
}
