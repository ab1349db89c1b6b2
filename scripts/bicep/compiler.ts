// Where the Bicep compiler is on this machine. The pinned version comes first, because its output is what is committed.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** As all scripts, it runs in the folder of the project. */
const project = 'scripts/bicep/bicep.csproj';

/** The command to run it, program first. `BICEP` names one; then NuGet, then `bicep`, then the one of the Azure CLI. */
export function findBicep(): readonly [string, ...string[]] {
  if (process.env.BICEP) return [process.env.BICEP];
  const found = fromNuget() ?? fromPath(['bicep']) ?? fromPath(['az', 'bicep']);
  if (found) return found;
  throw new Error(
    'No Bicep compiler: install Bicep or the Azure CLI, or a .NET SDK to bring it from NuGet (Linux x64).',
  );
}

/** The executable inside the pinned NuGet package, brought by `dotnet restore` when it is not there yet. */
function fromNuget(): [string] | null {
  if (process.platform !== 'linux' || process.arch !== 'x64') return null;
  const [, name = '', version = ''] =
    /Include="([^"]+)" Version="\[([^\]]+)\]"/.exec(readFileSync(project, 'utf8')) ?? [];
  const packages = process.env.NUGET_PACKAGES ?? join(homedir(), '.nuget', 'packages');
  const tool = join(packages, name.toLowerCase(), version, 'tools', 'bicep');
  if (!existsSync(tool)) {
    if (!fromPath(['dotnet'])) return null;
    const output = join(packages, '..', 'bicep-restore');
    const { status, stdout } = spawnSync(
      'dotnet',
      ['restore', project, '--nologo', `-p:BaseIntermediateOutputPath=${output}/`],
      { encoding: 'utf8' },
    );
    if (status !== 0) console.error(stdout);
  }
  return existsSync(tool) ? [tool] : null;
}

function fromPath([program, ...rest]: [string, ...string[]]): [string, ...string[]] | null {
  const { status } = spawnSync(program, [...rest, rest.length > 0 ? 'version' : '--version'], {
    stdio: 'ignore',
  });
  return status === 0 ? [program, ...rest] : null;
}
