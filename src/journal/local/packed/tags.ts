/**
 * Bytes that begin a value in a packed part of a record. On disk: never change or reuse one.
 *
 *   00        blank: what is left of a part from which something was erased; no value begins so
 *   01 … 04   null, false, true, NaN
 *   05        an array: how many, then each
 *   06        an object: how many, then each name (a text) and its value
 *   07        an object of a known shape: which, then the values in its order
 *   08        a double: 8 bytes
 *   09        a whole number from 0 up to 2⁵³: 7 bytes
 *   0a        a whole number, signed
 *   0b … 0d   a signed whole number by 100, by 1,000,000, by 86,400,000 (milliseconds as days)
 *   0e        a number of this part that was written before, with more than one byte: which, 0 being the record's time
 *   0f        a whole number as its difference from the record's time, signed
 *   10        a single: 4 bytes
 *   11        a word of the list: which
 *   12        a text: its UTF-16 units, which are the next of the part's text
 *   13        a text of hexadecimal digits in lower case: how many bytes, then these
 *   14        what the record's key has behind its first two characters
 *   15        the value before, so many times more; in vectors
 *   16        JSON: its UTF-16 units, as of a text
 *   17        an array of two
 *   18 … 1b   the value before, 1 to 4 times more; in vectors
 *   1c        an object of a known shape and more: which, its values; then how many, and each name with its value
 *   1d        a text that is a UUID in lower case: 16 bytes
 *   20 … 3f   a text of 1 to 32 units
 *   40 … 7f   -2 to 61
 *   80 … ff   the first 128 words of the list
 *
 * Counts are unsigned LEB128; signed numbers are zigzag in it.
 */
export const BLANK = 0x00;
export const NULL = 0x01;
export const FALSE = 0x02;
export const TRUE = 0x03;
export const NAN = 0x04;
export const ARRAY = 0x05;
export const OBJECT = 0x06;
export const SHAPE = 0x07;
export const DOUBLE = 0x08;
export const SEVEN_BYTES = 0x09;
export const WHOLE = 0x0a;
export const HUNDREDTHS = 0x0b;
export const MILLIONTHS = 0x0c;
export const DAYS = 0x0d;
export const SEEN = 0x0e;
export const NEAR_TIME = 0x0f;
export const SINGLE = 0x10;
export const WORD = 0x11;
export const TEXT = 0x12;
export const HEX = 0x13;
export const OF_KEY = 0x14;
export const REPEAT = 0x15;
export const JSON_TEXT = 0x16;
export const PAIR = 0x17;
export const SHORT_REPEAT = 0x18;
export const SHAPE_AND_MORE = 0x1c;
export const UUID = 0x1d;
export const SHORT_TEXT = 0x20;
export const SMALL = 0x40;
export const SHORT_WORD = 0x80;

export const LONGEST_SHORT_REPEAT = 4;
export const LONGEST_SHORT_TEXT = 32;
export const LEAST_SMALL = -2;
export const MOST_SMALL = 61;
export const SHORT_WORDS = 128;
export const MS_A_DAY = 86_400_000;
/** Numbers of a part that can be named again. */
export const MOST_SEEN = 256;
