//! What travels through the pipes: messages of length-prefixed frames.
//!
//! A question is a preamble (magic, memory, CPU seconds) and a message of task, JSON and blobs. An answer is a
//! head (magic, confinement) and a message of JSON and blobs. Numbers are little endian. Absent on purpose:
//! any trust of the parent in lengths that the child wrote.

use super::confine::Confinement;
use std::io::{self, Read, Write};

const QUESTION: [u8; 4] = *b"LMQ1";
const ANSWER: [u8; 4] = *b"LMA1";
const MOST_FRAMES: usize = 10_000;

/// The first bytes of a question: what the child may use, read before anything else.
pub fn preamble(memory: u64, cpu: u64) -> [u8; 20] {
    let mut bytes = [0; 20];
    bytes[..4].copy_from_slice(&QUESTION);
    bytes[4..12].copy_from_slice(&memory.to_le_bytes());
    bytes[12..].copy_from_slice(&cpu.to_le_bytes());
    bytes
}

/// Memory and CPU seconds of a preamble.
pub fn read_preamble(input: &mut impl Read) -> io::Result<(u64, u64)> {
    if number::<4>(input)? != QUESTION {
        return Err(wrong("this is not a question"));
    }
    Ok((u64::from_le_bytes(number(input)?), u64::from_le_bytes(number(input)?)))
}

/// Number of frames of a message, before its first frame.
pub fn count(frames: usize) -> [u8; 4] {
    u32::try_from(frames).unwrap_or(u32::MAX).to_le_bytes()
}

/// Length of a frame, before its bytes.
pub fn length(frame: &[u8]) -> [u8; 8] {
    (frame.len() as u64).to_le_bytes()
}

/// Reads a message that the parent wrote.
pub fn read_message(input: &mut impl Read) -> io::Result<Vec<Vec<u8>>> {
    let frames = u32::from_le_bytes(number(input)?) as usize;
    if frames > MOST_FRAMES {
        return Err(wrong("too many frames"));
    }
    let mut message = Vec::with_capacity(frames);
    for _ in 0..frames {
        let length = u64::from_le_bytes(number(input)?);
        let mut frame = Vec::new();
        input.take(length).read_to_end(&mut frame)?;
        if frame.len() as u64 != length {
            return Err(wrong("the message ends early"));
        }
        message.push(frame);
    }
    Ok(message)
}

pub fn write_answer(output: &mut impl Write, confinement: Confinement, message: &[&[u8]]) -> io::Result<()> {
    output.write_all(&ANSWER)?;
    output.write_all(&[confinement.bits()])?;
    output.write_all(&count(message.len()))?;
    for frame in message {
        output.write_all(&length(frame))?;
        output.write_all(frame)?;
    }
    output.flush()
}

/// Takes a whole answer apart; `None` when it is not exactly one complete answer.
pub fn parse_answer(bytes: &[u8]) -> Option<(Confinement, Vec<Vec<u8>>)> {
    let mut rest = bytes.strip_prefix(&ANSWER)?;
    let confinement = Confinement::from_bits(take(&mut rest, 1)?[0]);
    let frames = u32::from_le_bytes(take(&mut rest, 4)?.try_into().ok()?) as usize;
    if frames > MOST_FRAMES {
        return None;
    }
    let mut message = Vec::new();
    for _ in 0..frames {
        let length = u64::from_le_bytes(take(&mut rest, 8)?.try_into().ok()?);
        message.push(take(&mut rest, usize::try_from(length).ok()?)?.to_vec());
    }
    rest.is_empty().then_some((confinement, message))
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(length)?;
    *rest = left;
    Some(taken)
}

fn number<const N: usize>(input: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    input.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn wrong(text: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Confinement = Confinement { rlimits: true, landlock: true, seccomp: true };

    #[test]
    fn an_answer_comes_back_as_it_was_written() {
        let mut bytes = Vec::new();
        write_answer(&mut bytes, ALL, &[b"{}", b"", b"blob"]).unwrap();
        let expected = vec![b"{}".to_vec(), Vec::new(), b"blob".to_vec()];
        assert_eq!(parse_answer(&bytes), Some((ALL, expected)));
    }

    #[test]
    fn an_answer_that_is_cut_prolonged_or_lies_about_lengths_is_none() {
        let mut bytes = Vec::new();
        write_answer(&mut bytes, ALL, &[b"{}", b"blob"]).unwrap();
        for end in 0..bytes.len() {
            assert_eq!(parse_answer(&bytes[..end]), None, "cut after {end} bytes");
        }
        let mut longer = bytes.clone();
        longer.push(0);
        assert_eq!(parse_answer(&longer), None);
        let mut lying = bytes;
        lying[9..17].copy_from_slice(&u64::MAX.to_le_bytes());
        assert_eq!(parse_answer(&lying), None);
    }

    #[test]
    fn a_preamble_comes_back_and_anything_else_is_refused() {
        assert_eq!(read_preamble(&mut preamble(7, 9).as_slice()).unwrap(), (7, 9));
        assert!(read_preamble(&mut b"GET / HTTP/1.1 and so on".as_slice()).is_err());
    }
}
