// Date and time of day, UTC, of seconds since 1970, by the proleptic Gregorian calendar.

export const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const DAY: i64 = 86400;
/** Days of 400 years, and days from 0000-03-01 to 1970-01-01. */
const ERA_DAYS: i64 = 146097;
const EPOCH_DAYS: i64 = 719468;

export class Calendar {
  year: i32 = 0;
  /** From 0. */
  month: i32 = 0;
  /** From 1. */
  day: i32 = 0;
  hour: i32 = 0;
  minute: i32 = 0;

  /** `seconds` from 0 on. Years begin in March here, so that the day that only leap years have is the last (H. Hinnant's civil_from_days). */
  constructor(seconds: i64) {
    const days = seconds / DAY + EPOCH_DAYS;
    const era = days / ERA_DAYS;
    const dayOfEra = days - era * ERA_DAYS;
    const yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
    const dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    const shifted = (5 * dayOfYear + 2) / 153;
    this.day = <i32>(dayOfYear - (153 * shifted + 2) / 5 + 1);
    this.month = <i32>((shifted + 2) % 12);
    this.year = <i32>(yearOfEra + era * 400) + i32(this.month < 2);
    this.hour = <i32>((seconds % DAY) / 3600);
    this.minute = <i32>((seconds % 3600) / 60);
  }
}
