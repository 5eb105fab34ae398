//! The confined child: untrusted bytes are parsed in a process of their own.
//!
//! In: a task name, a question (JSON) and blobs. Out: an answer (JSON) and blobs, or an error whose kind says
//! how the child ended. Absent on purpose: what the tasks do; rooms register theirs in `cli/child.rs`.

mod child;
mod confine;
mod frame;
mod parent;
mod probe;
mod talk;

pub use child::{Answer, Tell, Told, serve};
pub use confine::Confinement;
pub use parent::{Limits, Place, Sandbox};
pub use talk::Talk;
