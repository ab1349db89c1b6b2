/** A parsed NCRONTAB expression: `{second} {minute} {hour} {day} {month} {day of week}`, in UTC. */
export interface Schedule {
  /** The first instant after `after` that fits; milliseconds. */
  next(after: number): number;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const FIELDS = [
  { name: 'second', from: 0, to: 59, words: [] },
  { name: 'minute', from: 0, to: 59, words: [] },
  { name: 'hour', from: 0, to: 23, words: [] },
  { name: 'day', from: 1, to: 31, words: [] },
  { name: 'month', from: 1, to: 12, words: ['', ...MONTHS] },
  { name: 'day of week', from: 0, to: 6, words: DAYS },
] as const;

interface Field {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly words: readonly string[];
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** A 29 February on a given weekday comes back after at most 40 years. */
const HORIZON_DAYS = 366 * 41;

/** Throws an Error that names the field when the expression is none. */
export function parseNcrontab(expression: string): Schedule {
  const parts = expression.trim().split(/\s+/);
  if (parts.length !== FIELDS.length)
    throw new Error(`'${expression}' is no schedule: six fields are needed.`);
  const [seconds, minutes, hours, days, months, weekdays] = FIELDS.map((field, index) =>
    parseField(field, parts[index] ?? ''),
  );
  if (!seconds || !minutes || !hours || !days || !months || !weekdays)
    throw new Error('six fields are needed');
  const fitsDay = (day: Date): boolean =>
    months.has(day.getUTCMonth() + 1) && days.has(day.getUTCDate()) && weekdays.has(day.getUTCDay());
  return {
    next(after) {
      const first = Math.floor(after / 1000) * 1000 + 1000;
      const firstDay = Math.floor(first / DAY_MS) * DAY_MS;
      for (let day = firstDay; day < firstDay + HORIZON_DAYS * DAY_MS; day += DAY_MS) {
        if (!fitsDay(new Date(day))) continue;
        const time = firstTime({ hours, minutes, seconds }, Math.max(0, first - day));
        if (time !== undefined) return day + time;
      }
      throw new Error(`'${expression}' never comes.`);
    },
  };
}

/** Milliseconds since midnight. */
function firstTime(
  fields: {
    readonly hours: ReadonlySet<number>;
    readonly minutes: ReadonlySet<number>;
    readonly seconds: ReadonlySet<number>;
  },
  from: number,
): number | undefined {
  for (const hour of fields.hours) {
    for (const minute of fields.minutes) {
      const start = (hour * 60 + minute) * 60_000;
      if (start + 59_000 < from) continue;
      for (const second of fields.seconds) if (start + second * 1000 >= from) return start + second * 1000;
    }
  }
  return undefined;
}

/** The allowed values in ascending order. */
function parseField(field: Field, text: string): ReadonlySet<number> {
  const values = text.split(',').flatMap((part) => parsePart(field, part));
  return new Set(values.toSorted((a, b) => a - b));
}

function parsePart(field: Field, part: string): number[] {
  const [range = '', step = '1', ...more] = part.split('/');
  const width = Number(step);
  if (more.length > 0 || !Number.isInteger(width) || width < 1) throw fault(field, part);
  const [low, high] = parseRange(field, range, part.includes('/'));
  const values: number[] = [];
  for (let value = low; value <= high; value += width) values.push(value);
  return values;
}

/** `5/10` counts from 5 to the end of the field. */
function parseRange(field: Field, text: string, isOpenEnded: boolean): readonly [number, number] {
  if (text === '*') return [field.from, field.to];
  const ends = text.split('-').map((end) => valueOf(field, end));
  const [low, high = isOpenEnded ? field.to : low] = ends;
  if (low === undefined || high === undefined || ends.length > 2 || low > high) throw fault(field, text);
  return [low, high];
}

function valueOf(field: Field, text: string): number {
  const word = field.words.indexOf(text.slice(0, 3).toLowerCase());
  const value = word > -1 && /^[a-z]+$/i.test(text) ? word : Number(text);
  // Sunday may be written 7.
  const normal = field.name === 'day of week' && value === 7 ? 0 : value;
  if (text === '' || !Number.isInteger(normal) || normal < field.from || normal > field.to)
    throw fault(field, text);
  return normal;
}

function fault(field: Field, text: string): Error {
  return new Error(`'${text}' is no ${field.name} of a schedule.`);
}
