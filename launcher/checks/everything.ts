import { consoleBuild, hubBuild } from '../build/hub.ts'
import { nodePackage } from '../build/node-package.ts'
import { inCheckout } from '../paths.ts'
import { build } from './build.ts'
import type { Check, Wishes } from './check.ts'
import { folderCircles } from './folder-circles.ts'
import { program } from './program.ts'
import { vitest } from './vitest.ts'

/** The hub's rules; each room has a file of its own that takes them over. */
const eslint = (name: string, title: string, room: string): Check =>
  program({
    name: `lint-${name}`,
    title,
    room,
    command: inCheckout('hub-server', 'node_modules', '.bin', 'eslint'),
    args: ['.'],
  })

const typescript = (name: string, room: string, runner: string): Check =>
  program({
    name: `types-${name}`,
    title: `Types of ${room}`,
    room,
    command: inCheckout(runner, 'node_modules', '.bin', 'tsc'),
    args: ['-p', 'tsconfig.json', '--noEmit'],
    needs: 'tsconfig.json',
  })

/** As the tests read it: FAULTS_SEED, FAULTS_LONG, and so on. */
const wishesFor =
  (play: 'FAULTS' | 'STOPS' | 'HOSTILE' | 'TOGETHER') =>
  ({ seed, long }: Wishes): NodeJS.ProcessEnv => ({
    ...(seed !== undefined && { [`${play}_SEED`]: seed }),
    ...(long && { [`${play}_LONG`]: 'yes' }),
  })

/** Every check of `./hub test`, quick ones first. */
export const everything: Check[] = [
  program({
    name: 'lint-nodes',
    title: 'Rules of n8n for the node package',
    room: '.',
    // As `n8n-node lint` does, which would walk through every other room, too.
    command: 'node_modules/.bin/eslint',
    args: ['nodes', 'credentials', 'package.json'],
  }),
  eslint('hub', 'Rules of the hub', 'hub-server'),
  eslint('test', 'Rules of the hub for the tests', 'test'),
  eslint('bench', 'Rules of the hub for the benchmarks', 'bench'),
  eslint('launcher', 'Rules of the hub for the launcher', 'launcher'),
  program({
    name: 'format',
    title: 'Layout of the source',
    room: '.',
    command: 'hub-server/node_modules/.bin/prettier',
    args: ['--check', '.'],
  }),
  program({
    name: 'arrows',
    title: 'Arrows between the rooms',
    room: 'hub-server',
    command: 'node_modules/.bin/depcruise',
    args: ['src', '--config', '.dependency-cruiser.cjs'],
  }),
  folderCircles('hub-server'),
  typescript('hub', 'hub-server', 'hub-server'),
  typescript('console', 'hub-server/console', 'hub-server/console'),
  typescript('test', 'test', 'test'),
  typescript('bench', 'bench', 'bench'),
  typescript('launcher', 'launcher', 'hub-server'),
  build('build-hub', 'Build of the hub', hubBuild),
  build('build-console', 'Build of the console', consoleBuild),
  build('build-nodes', 'Build of the node package', nodePackage),
  vitest('tests-launcher', 'Tests of the launcher', 'launcher', 'hub-server'),
  vitest('tests-hub', 'Tests of the hub', 'hub-server', 'hub-server', { needsServices: true }),
  vitest(
    'faults',
    'Faults while runs are under way',
    'test/faults',
    'test',
    { needsServices: true, isVaried: true },
    wishesFor('FAULTS'),
  ),
  vitest(
    'stops',
    'Lists that are stopped and gone on with',
    'test/stops',
    'test',
    { isVaried: true },
    wishesFor('STOPS'),
  ),
  vitest(
    'hostile',
    'What is sent, served and plugged in to do harm',
    'test/hostile',
    'test',
    { isVaried: true },
    wishesFor('HOSTILE'),
  ),
  vitest(
    'tests-together',
    'Tests across the rooms',
    'test',
    'test',
    { needsServices: true, needsN8n: true, isVaried: true },
    wishesFor('TOGETHER'),
  ),
]
