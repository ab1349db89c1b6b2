// Runs Microsoft's arm-ttk over the compiled templates, the portal's form and the parameter file. Exits 1 on a hit, 2 when it cannot run.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { templates } from './bicep/templates.ts';
import { helpIfAsked } from '../sandbox/local/commandLine.ts';

helpIfAsked(`npm run infra:ttk

Runs Microsoft's arm-ttk over the compiled templates. Exits 1 on a hit, 2 when it cannot run.
`);

const files = [...Object.values(templates).map(({ compiled }) => compiled), 'infra/main.parameters.json'];

/** Rules that are wrong for us, each with the reason. With `file`, wrong for that file only. */
const skipped: { rule: string; file?: string; reason: string }[] = [
  {
    rule: 'apiVersions Should Be Recent',
    reason:
      'Measures age. The versions are one each, those of infra/apiVersions.json, and the resources are valid against their schemas (test/infra/template.test.ts).',
  },
  { rule: 'apiVersions Should Be Recent In Reference Functions', reason: 'The same.' },
  {
    rule: 'IDs Should Be Derived From ResourceIDs',
    reason:
      'The ID of the network is a parameter; Bicep completes it with format(), which the rule does not know.',
  },
  {
    rule: 'Parameter Types Should Be Consistent',
    reason:
      'Takes the type of the first parameter in an expression for that of the expression: equals() of two texts is a boolean.',
  },
  {
    rule: 'Resources Should Not Be Ambiguous',
    reason:
      'Bicep writes resourceId(type, name) for each symbol, and all of them are of the group that is deployed into.',
  },
  {
    rule: 'Template Should Not Contain Blanks',
    reason:
      'Bicep writes `"onlyIfNotExists": []` and `"notActions": []`; other empty values are those of our own variables.',
  },
  {
    rule: 'Location Should Not Be Hardcoded',
    file: 'azuredeploy.json',
    reason:
      'Bicep gives a deployment into a subscription the location of the resource group, and takes no other.',
  },
];

const resultSchema = z.array(z.object({ file: z.string(), rule: z.string(), messages: z.array(z.string()) }));

const missing = whatIsMissing();
if (missing === null) {
  report(results());
} else {
  process.stderr.write(`Not run: ${missing}\n`);
  process.exitCode = 2;
}

function whatIsMissing(): string | null {
  if (spawnSync('pwsh', ['-version'], { stdio: 'ignore' }).status !== 0) {
    return 'PowerShell (pwsh) is not on the PATH. With a .NET SDK: dotnet tool install --global PowerShell';
  }
  const folder = process.env.ARM_TTK;
  if (folder !== undefined && existsSync(join(folder, 'arm-ttk.psd1'))) return null;
  return 'ARM_TTK does not name the folder of arm-ttk.psd1. Clone https://github.com/Azure/arm-ttk and set ARM_TTK=<clone>/arm-ttk';
}

/** Errors outside a rule, as of a template that it cannot read, count as hits of the rule "arm-ttk". */
function results(): z.infer<typeof resultSchema> {
  const script = `
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $env:ARM_TTK 'arm-ttk.psd1') -DisableNameChecking
    $all = foreach ($path in ($env:FILES -split ';')) {
      $found = Test-AzTemplate -TemplatePath $path -MainTemplateFile (Split-Path $path -Leaf) -ErrorVariable outside -ErrorAction SilentlyContinue
      if (-not $found) { [ordered]@{ file = (Split-Path $path -Leaf); rule = 'arm-ttk'; messages = @('no rule ran', "$outside") } }
      foreach ($one in $found) {
        [ordered]@{ file = $one.File.Name; rule = $one.Name; messages = @($one.Errors | ForEach-Object { "$($_.InnerTemplateName) $_".Trim() }) }
      }
    }
    'RESULTS' + (ConvertTo-Json -InputObject @($all) -Depth 4 -Compress)`;
  const { status, stdout, stderr } = spawnSync(
    'pwsh',
    ['-NoProfile', '-NonInteractive', '-Command', script],
    {
      encoding: 'utf8',
      maxBuffer: 64 << 20,
      env: { ...process.env, FILES: files.join(';') },
    },
  );
  const json = /^RESULTS(.*)$/m.exec(stdout)?.[1];
  if (status !== 0 || json === undefined)
    throw new Error(`arm-ttk ended with ${status}\n${stdout}\n${stderr}`);
  return resultSchema.parse(JSON.parse(json));
}

function report(found: z.infer<typeof resultSchema>): void {
  const isSkipped = ({ file, rule }: { file: string; rule: string }) =>
    skipped.some((one) => one.rule === rule && (one.file ?? file) === file);
  const hits = found.filter((one) => one.messages.length > 0 && !isSkipped(one));
  for (const { file, rule, messages } of hits) {
    process.stdout.write(`✗ ${file}: ${rule}\n${messages.map((message) => `    ${message}\n`).join('')}`);
  }
  for (const { rule, file, reason } of skipped) {
    process.stdout.write(`- ${rule}${file === undefined ? '' : ` (${file})`}: ${reason}\n`);
  }
  const judged = found.filter((one) => !isSkipped(one)).length;
  process.stdout.write(
    `\narm-ttk over ${files.map((path) => basename(path)).join(', ')}: ${judged} results, ${hits.length} with a hit, ${found.length - judged} skipped with a reason\n`,
  );
  if (judged === 0) throw new Error('arm-ttk judged nothing');
  process.exitCode = hits.length === 0 ? 0 : 1;
}
