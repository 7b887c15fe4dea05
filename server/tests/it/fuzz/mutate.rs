//! Damage, from a seed.

/// Pieces that mean something to a reader of JSON, of Celery's messages, of YAML or of MessagePack.
const PIECES: &[&[u8]] = &[
    b"null",
    b"true",
    b"NaN",
    b"-Infinity",
    b"1e999",
    b"-0",
    b"18446744073709551616",
    b"0.1",
    b"\"\"",
    b"{}",
    b"[]",
    b"{\"a\":",
    b"[[[[[[[[",
    b"]",
    b"}",
    b",",
    b":",
    b"\"",
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b"\\udfff\\ud83d",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\0",
    b"{\"__type__\":\"uuid\",\"__value__\":",
    b"{\"__type__\":\"datetime\",\"__value__\":\"x\"}",
    b"\"headers\":null",
    b"\"properties\":{}",
    b"\"body\":5",
    b"\"task\":",
    b"\"id\":\"\"",
    b"\"redelivered\":true",
    b"\"compression\":\"gzip\"",
    b"\"eta\":\"9999-12-31T23:59:60.999999999Z\"",
    b"\"expires\":\"0001-01-01\"",
    b"\"priority\":-1",
    b"\"body_encoding\":null",
    b"\"retries\":4294967296",
    b"\"timelimit\":[1e300,-1]",
    b"\"args\":",
    b"\"chain\":[{}]",
    b"\"callbacks\":{\"task\":\"t\"}",
    b"\n- ",
    b"&a ",
    b"*a",
    b"!!binary ",
    b"? ",
    b"| \n",
    b"\xdf\xff\xff\xff\xff",
    b"\xc1",
    b"\x93",
    b"\xc7\x00\x01",
];

pub(super) struct Mutator<'a> {
    state: u64,
    corpus: &'a [Vec<u8>],
}

impl<'a> Mutator<'a> {
    pub(super) fn new(seed: u64, corpus: &'a [Vec<u8>]) -> Self {
        Self { state: seed, corpus }
    }

    /// The next number of a sequence that looks random and is the same for the same seed (SplitMix64).
    fn number(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Below `end`, or 0.
    fn below(&mut self, end: usize) -> usize {
        (self.number() % end.max(1) as u64) as usize
    }

    /// A member of the corpus with one to four damages.
    pub(super) fn next(&mut self) -> Vec<u8> {
        let mut input = self.member().clone();
        for _ in 0..=self.below(4) {
            self.damage(&mut input);
        }
        input
    }

    fn member(&mut self) -> &'a Vec<u8> {
        let corpus = self.corpus;
        &corpus[self.below(corpus.len())]
    }

    fn damage(&mut self, input: &mut Vec<u8>) {
        let at = self.below(input.len() + 1);
        match self.below(9) {
            0 if at < input.len() => input[at] ^= 1 << self.below(8),
            1 if at < input.len() => input[at] = self.number() as u8,
            2 => input.truncate(at),
            3 => drop(input.drain(at..self.end_after(at, input.len()))),
            4 => {
                let copied = input[at..self.end_after(at, input.len())].to_vec();
                let place = self.below(input.len() + 1);
                input.splice(place..place, copied);
            }
            5 => {
                let other = self.member();
                let from = self.below(other.len() + 1);
                input.truncate(at);
                input.extend_from_slice(&other[from..]);
            }
            6 => {
                let other = self.member();
                let from = self.below(other.len() + 1);
                let piece = &other[from..self.end_after(from, other.len())];
                input.splice(at..at, piece.iter().copied());
            }
            7 => self.repeat_token(input),
            _ => {
                let piece = PIECES[self.below(PIECES.len())];
                let times = if self.below(50) == 0 { 1 + self.below(2000) } else { 1 };
                let end = if self.below(2) == 0 { at } else { self.end_after(at, input.len()) };
                input.splice(at..end, piece.repeat(times));
            }
        }
    }

    /// The end of a short stretch.
    fn end_after(&mut self, at: usize, length: usize) -> usize {
        at + self.below((length - at).min(40) + 1)
    }

    /// Repeats what stands between two marks of JSON, so that keys and values come twice.
    fn repeat_token(&mut self, input: &mut Vec<u8>) {
        let marks: Vec<usize> = (0..input.len()).filter(|place| b",:[]{}".contains(&input[*place])).collect();
        if marks.len() < 2 {
            return;
        }
        let first = self.below(marks.len() - 1);
        let last = first + 1 + self.below((marks.len() - first - 1).min(4));
        let token = input[marks[first]..marks[last]].to_vec();
        let place = marks[self.below(marks.len())];
        input.splice(place..place, token);
    }
}
