//! Bytes to tokens, with lines counted, over a window of the file or over the whole of it.

use std::io::Read;

use crate::diagnostic::{Diagnostic, Place};
use crate::error::Error;

/// Longest token read, in bytes: texts of real files have some hundred.
pub(crate) const MAX_TOKEN: usize = 64 * 1024;

/// Bytes asked for at once.
const CHUNK: usize = 128 * 1024;

const WORD: u8 = 0;
const WHITE: u8 = 1;
const MARK: u8 = 2;
const QUOTE: u8 = 3;

/// What each byte is in a grammar.
type Classes = [u8; 256];

const fn classes(marks: &[u8]) -> Classes {
    let mut table = [WORD; 256];
    let white = b" \t\r\n\x0b\x0c";
    let mut i = 0;
    while i < white.len() {
        table[white[i] as usize] = WHITE;
        i += 1;
    }
    i = 0;
    while i < marks.len() {
        table[marks[i] as usize] = MARK;
        i += 1;
    }
    table[b'"' as usize] = QUOTE;
    table
}

static FLAT: Classes = classes(b";");
static BRACE: Classes = classes(b";,{}");

/// How many of eight bytes (the first one lowest) stand in front of one that may end a flat word:
/// at most `"`, or `;`. Looking at eight bytes at once spares a branch a byte, and the one at the
/// word's end is hard to predict.
#[inline(always)]
fn word_length(eight: u64) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const TOPS: u64 = 0x8080_8080_8080_8080;
    let small = eight.wrapping_sub(ONES * 0x23) & !eight;
    let ends = eight ^ (ONES * 0x3b);
    let semicolon = ends.wrapping_sub(ONES) & !ends;
    (((small | semicolon) & TOPS).trailing_zeros() / 8) as usize
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Characters without white space.
    Word,
    /// A text in quotes; its range leaves the quotes out.
    Quoted,
    /// `;` and, in the brace family, `,`, `{` and `}`.
    Mark(u8),
    /// The bytes are at an end.
    End,
}

/// One token; its bytes are [`Lexer::bytes`] until the next one is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token {
    pub kind: Kind,
    /// Range in the window.
    pub start: usize,
    end: usize,
    pub place: Place,
    /// Whether only white space stands before it on its line.
    pub is_first_on_line: bool,
    /// Whether the bytes end with it, so that it may have been longer.
    pub touches_end: bool,
}

impl Token {
    pub fn is(&self, mark: u8) -> bool {
        self.kind == Kind::Mark(mark)
    }

    pub fn is_quoted(&self) -> bool {
        self.kind == Kind::Quoted
    }

    /// Where it begins in the window, its opening quote included.
    pub fn start_with_quote(&self) -> usize {
        self.start - usize::from(self.is_quoted())
    }

    pub fn is_value(&self) -> bool {
        matches!(self.kind, Kind::Word | Kind::Quoted)
    }
}

/// Where to go back to; only while the whole file is held.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark {
    position: usize,
    line: u64,
    line_start: u64,
}

/// Reads tokens from a source of bytes.
#[derive(Debug)]
pub(crate) struct Lexer<R> {
    source: R,
    classes: &'static Classes,
    buffer: Vec<u8>,
    /// Next byte to read in `buffer`.
    position: usize,
    /// End of what `buffer` holds of the file.
    filled: usize,
    /// Offset in the file of the first byte of `buffer`.
    base: u64,
    is_exhausted: bool,
    line: u64,
    /// Offset in the file of the first byte of the line.
    line_start: u64,
}

impl<R: Read> Lexer<R> {
    pub fn new(source: R) -> Self {
        Self {
            source,
            classes: &FLAT,
            buffer: Vec::new(),
            position: 0,
            filled: 0,
            base: 0,
            is_exhausted: false,
            line: 1,
            line_start: 0,
        }
    }

    /// From the next token on, `{`, `}` and `,` are tokens of their own.
    pub fn use_brace_grammar(&mut self) {
        self.classes = &BRACE;
    }

    /// Line of the next byte, counting from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Bytes of the file that were turned into tokens.
    pub fn bytes_read(&self) -> u64 {
        self.base + self.position as u64
    }

    /// Place of the next byte.
    pub fn place(&self) -> Place {
        self.place_of(self.position)
    }

    /// The bytes of the last token, without quotes.
    pub fn bytes(&self, token: Token) -> &[u8] {
        &self.buffer[token.start..token.end]
    }

    /// First bytes of the file, a byte-order mark included; at most `count`.
    pub fn peek(&mut self, count: usize) -> Result<&[u8], Error> {
        while self.filled - self.position < count && !self.is_exhausted {
            self.fill(self.position)?;
        }
        let end = self.filled.min(self.position + count);
        Ok(&self.buffer[self.position..end])
    }

    /// Leaves out bytes that [`Self::peek`] has shown, such as a byte-order mark.
    pub fn skip(&mut self, count: usize) {
        self.position += count;
        self.line_start += count as u64;
    }

    /// Reads the next token.
    #[inline]
    pub fn next(&mut self) -> Result<Token, Error> {
        let mut is_first_on_line = self.base + self.position as u64 == self.line_start;
        loop {
            while let Some(&byte) = self.buffer[..self.filled].get(self.position) {
                if self.classes[usize::from(byte)] != WHITE {
                    return self.token(byte, is_first_on_line);
                }
                self.position += 1;
                if byte == b'\n' {
                    self.line += 1;
                    self.line_start = self.base + self.position as u64;
                    is_first_on_line = true;
                }
            }
            if self.is_exhausted {
                return Ok(self.span(Kind::End, self.position, self.position, is_first_on_line));
            }
            self.fill(self.position)?;
        }
    }

    /// Begin and end in the window of the next word, if it stands whole there and on the line of
    /// the token before it: the short way through a flat defect row. Where there is none,
    /// [`Self::next`] is to be asked.
    #[inline(always)]
    pub fn word_on_line(&mut self) -> Option<(usize, usize)> {
        let window = &self.buffer[..self.filled];
        let mut start = self.position;
        while matches!(window.get(start)?, b' ' | b'\t') {
            start += 1;
        }
        let mut end = start;
        loop {
            let eight = window.get(end..end + 8)?;
            let length = word_length(u64::from_le_bytes(eight.try_into().ok()?));
            end += length;
            if length < 8 && self.classes[usize::from(window[end])] != WORD {
                break;
            }
            end += usize::from(length < 8);
        }
        if end == start {
            return None;
        }
        self.position = end;
        Some((start, end))
    }

    /// A word found by [`Self::word_on_line`] as a token.
    pub fn token_on_line(&self, start: usize, end: usize) -> Token {
        Token {
            kind: Kind::Word,
            start,
            end,
            place: self.place_of(start),
            is_first_on_line: false,
            touches_end: false,
        }
    }

    /// Where the next byte is in the window; good until more of the source is read.
    pub fn position(&self) -> usize {
        self.position
    }

    /// Bytes of the window.
    #[inline(always)]
    pub fn window(&self, start: usize, end: usize) -> &[u8] {
        &self.buffer[start..end]
    }

    #[inline]
    fn token(&mut self, first: u8, is_first_on_line: bool) -> Result<Token, Error> {
        match self.classes[usize::from(first)] {
            MARK => {
                let start = self.position;
                self.position += 1;
                Ok(self.span(Kind::Mark(first), start, start + 1, is_first_on_line))
            }
            QUOTE => self.quoted(is_first_on_line),
            _ => self.word(is_first_on_line),
        }
    }

    #[inline]
    fn word(&mut self, is_first_on_line: bool) -> Result<Token, Error> {
        let mut at = self.position + 1;
        loop {
            let rest = &self.buffer[at..self.filled];
            let classes = self.classes;
            if let Some(length) = rest.iter().position(|&b| classes[usize::from(b)] != WORD) {
                at += length;
                let token = self.span(Kind::Word, self.position, at, is_first_on_line);
                self.position = at;
                return Ok(token);
            }
            at = self.filled;
            if self.is_exhausted {
                let mut token = self.span(Kind::Word, self.position, at, is_first_on_line);
                token.touches_end = true;
                self.position = at;
                return Ok(token);
            }
            at -= self.grow_token(at, "a value")?;
        }
    }

    fn quoted(&mut self, is_first_on_line: bool) -> Result<Token, Error> {
        let mut at = self.position + 1;
        loop {
            if let Some(length) = memchr::memchr(b'"', &self.buffer[at..self.filled]) {
                at += length;
                let token = self.span(Kind::Quoted, self.position + 1, at, is_first_on_line);
                self.count_lines(self.position, at);
                self.position = at + 1;
                return Ok(token);
            }
            at = self.filled;
            if self.is_exhausted {
                // A text without its closing quote is not taken for a value: the file is cut off.
                let token = self.span(Kind::End, self.position, self.position, is_first_on_line);
                self.position = at;
                return Ok(token);
            }
            at -= self.grow_token(at, "a text in quotes")?;
        }
    }

    /// Reads the source to its end; whether more than white space and `;` came.
    pub fn drain(&mut self) -> Result<bool, Error> {
        let mut has_content = false;
        loop {
            let rest = &self.buffer[self.position..self.filled];
            has_content |= rest
                .iter()
                .any(|b| !b.is_ascii_whitespace() && *b != b';' && *b != 0x1a);
            if self.is_exhausted {
                return Ok(has_content);
            }
            self.position = self.filled;
            self.fill(self.filled)?;
        }
    }

    /// Makes room for more of the token that starts at `position`; how far its bytes have moved.
    fn grow_token(&mut self, at: usize, what: &str) -> Result<usize, Error> {
        let start = self.position;
        if at - start > MAX_TOKEN {
            let message = format!("{what} is longer than {MAX_TOKEN} bytes");
            return Err(Diagnostic::error("token-too-long", self.place(), message).into());
        }
        self.fill(start)?;
        Ok(start - self.position)
    }

    fn count_lines(&mut self, start: usize, end: usize) {
        for at in memchr::memchr_iter(b'\n', &self.buffer[start..end]) {
            self.line += 1;
            self.line_start = self.base + (start + at + 1) as u64;
        }
    }

    fn span(&self, kind: Kind, start: usize, end: usize, is_first_on_line: bool) -> Token {
        let place = self.place_of(self.position);
        Token {
            kind,
            start,
            end,
            place,
            is_first_on_line,
            touches_end: false,
        }
    }

    fn place_of(&self, position: usize) -> Place {
        Place {
            line: self.line,
            column: self.base + position as u64 - self.line_start + 1,
        }
    }

    /// Reads more of the source; what lies before `keep` is given up and the rest moves down.
    fn fill(&mut self, keep: usize) -> Result<(), Error> {
        self.buffer.copy_within(keep..self.filled, 0);
        self.base += keep as u64;
        self.position -= keep;
        self.filled -= keep;
        if self.buffer.len() < self.filled + CHUNK {
            self.buffer.resize(self.filled + CHUNK, 0);
        }
        self.read_some()
    }

    fn read_some(&mut self) -> Result<(), Error> {
        loop {
            match self.source.read(&mut self.buffer[self.filled..]) {
                Ok(0) => self.is_exhausted = true,
                Ok(count) => self.filled += count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error.into()),
            }
            return Ok(());
        }
    }
}

/// Reading a whole file, in which one can go back.
impl<R: Read> Lexer<R> {
    /// Reads the rest of the source, at most `limit` bytes of it. Nothing is given up any more.
    pub fn load(&mut self, limit: usize) -> Result<(), Error> {
        while !self.is_exhausted {
            if self.filled > limit {
                let message = format!("the file is larger than {limit} bytes");
                return Err(Diagnostic::error("file-too-large", self.place(), message).into());
            }
            if self.buffer.len() < self.filled + CHUNK {
                self.buffer
                    .resize((2 * self.buffer.len()).max(self.filled + CHUNK), 0);
            }
            self.read_some()?;
        }
        self.buffer.truncate(self.filled);
        Ok(())
    }

    /// The place before the next token.
    pub fn mark(&self) -> Mark {
        Mark {
            position: self.position,
            line: self.line,
            line_start: self.line_start,
        }
    }

    /// The place before a token that was just read.
    pub fn before(&self, token: Token) -> Mark {
        let position = token.start_with_quote();
        Mark {
            position,
            line: token.place.line,
            line_start: self.base + position as u64 + 1 - token.place.column,
        }
    }

    /// Goes on reading from a mark.
    pub fn go_to(&mut self, mark: Mark) {
        self.position = mark.position;
        self.line = mark.line;
        self.line_start = mark.line_start;
    }

    /// Everything between a mark and the next byte.
    pub fn since(&self, mark: Mark) -> &[u8] {
        &self.buffer[mark.position..self.position]
    }
}
