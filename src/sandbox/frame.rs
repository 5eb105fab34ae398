//! What travels through the pipes: messages of length-prefixed frames.
//!
//! First comes a preamble (magic, what the child may use). Then question and answer in turn: the first question
//! is a message of task, JSON and blobs, a further one of JSON; an answer is a head (magic, confinement) and a
//! message of JSON and blobs. Numbers are little endian. Absent on purpose: any trust of the parent in lengths
//! that the child wrote.

use super::confine::{Allowance, Confinement};
use std::io::{self, Read, Write};
use tokio::io::{AsyncRead, AsyncReadExt};

const QUESTION: [u8; 4] = *b"LMQ1";
const ANSWER: [u8; 4] = *b"LMA1";
const MOST_FRAMES: usize = 10_000;

/// The first bytes a child reads: what it may use.
pub fn preamble(allowance: &Allowance) -> [u8; 28] {
    let mut bytes = [0; 28];
    bytes[..4].copy_from_slice(&QUESTION);
    bytes[4..12].copy_from_slice(&allowance.memory.to_le_bytes());
    bytes[12..20].copy_from_slice(&allowance.cpu.to_le_bytes());
    bytes[20..].copy_from_slice(&allowance.most_cpu.to_le_bytes());
    bytes
}

pub fn read_preamble(input: &mut impl Read) -> io::Result<Allowance> {
    if number::<4>(input)? != QUESTION {
        return Err(wrong("this is not a question"));
    }
    let [memory, cpu, most_cpu] = [number(input)?, number(input)?, number(input)?].map(u64::from_le_bytes);
    Ok(Allowance { memory, cpu, most_cpu })
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

/// One answer of a child.
#[derive(Debug, PartialEq, Eq)]
pub struct Spoken {
    pub confinement: Confinement,
    /// JSON, then blobs.
    pub message: Vec<Vec<u8>>,
}

/// What came instead of an answer.
#[derive(Debug, PartialEq, Eq)]
pub enum Unspoken {
    /// Nothing, a part of an answer, or something else.
    Cut,
    /// More bytes than allowed.
    TooLong,
}

/// Reads one answer of at most `most` bytes.
pub async fn read_answer(input: &mut (impl AsyncRead + Unpin), most: u64) -> Result<Spoken, Unspoken> {
    if take(input, 4).await? != ANSWER {
        return Err(Unspoken::Cut);
    }
    let confinement = Confinement::from_bits(take(input, 1).await?[0]);
    let frames = long(&take(input, 4).await?) as usize;
    if frames > MOST_FRAMES {
        return Err(Unspoken::Cut);
    }
    let mut left = most;
    let mut message = Vec::new();
    for _ in 0..frames {
        let length = long(&take(input, 8).await?);
        left = left.checked_sub(length).ok_or(Unspoken::TooLong)?;
        message.push(take(input, length).await?);
    }
    Ok(Spoken { confinement, message })
}

/// Exactly so many bytes.
async fn take(input: &mut (impl AsyncRead + Unpin), length: u64) -> Result<Vec<u8>, Unspoken> {
    let mut bytes = Vec::new();
    input.take(length).read_to_end(&mut bytes).await.map_err(|_| Unspoken::Cut)?;
    if bytes.len() as u64 == length { Ok(bytes) } else { Err(Unspoken::Cut) }
}

fn long(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
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

    fn written(message: &[&[u8]]) -> Vec<u8> {
        let mut bytes = Vec::new();
        write_answer(&mut bytes, ALL, message).unwrap();
        bytes
    }

    async fn read(mut bytes: &[u8], most: u64) -> Result<Vec<Vec<u8>>, Unspoken> {
        let spoken = read_answer(&mut bytes, most).await?;
        assert_eq!(spoken.confinement, ALL);
        Ok(spoken.message)
    }

    #[tokio::test]
    async fn answers_come_back_as_they_were_written_one_after_the_other() {
        let bytes = [written(&[b"{}", b"", b"blob"]), written(&[b"[]"])].concat();
        let mut input = bytes.as_slice();
        let first = read_answer(&mut input, 6).await.unwrap();
        assert_eq!(first.message, [b"{}".to_vec(), Vec::new(), b"blob".to_vec()]);
        assert_eq!(read_answer(&mut input, 2).await.unwrap().message, [b"[]"]);
        assert_eq!(read_answer(&mut input, 2).await, Err(Unspoken::Cut), "nothing follows");
    }

    #[tokio::test]
    async fn an_answer_that_is_cut_long_or_lies_about_lengths_is_none() {
        let bytes = written(&[b"{}", b"blob"]);
        for end in 0..bytes.len() {
            assert_eq!(read(&bytes[..end], 100).await, Err(Unspoken::Cut), "cut after {end} bytes");
        }
        assert!(read(&bytes, 6).await.is_ok());
        assert_eq!(read(&bytes, 5).await, Err(Unspoken::TooLong));
        let mut lying = bytes;
        lying[9..17].copy_from_slice(&u64::MAX.to_le_bytes());
        assert_eq!(read(&lying, 100).await, Err(Unspoken::TooLong));
    }

    #[test]
    fn a_preamble_comes_back_and_anything_else_is_refused() {
        let allowance = Allowance { memory: 7, cpu: 9, most_cpu: 11 };
        assert_eq!(read_preamble(&mut preamble(&allowance).as_slice()).unwrap(), allowance);
        assert!(read_preamble(&mut b"GET / HTTP/1.1 and so on and on".as_slice()).is_err());
    }
}
