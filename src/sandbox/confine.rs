//! Confinement of the running process: limits, Landlock, seccomp.
//!
//! In: how much memory and time. Out: which walls stand. Absent on purpose: any way back out.
//!
//! The limits always stand. Landlock leaves reading of the OCR models and nothing else. The seccomp filter
//! lists what computing needs; everything else (network, processes, tracing, mounting, writing, making code)
//! answers *not permitted*.

use crate::error::{Error, Kind, Result};
use landlock::{
    ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetStatus, Scope,
    path_beneath_rules,
};
use rustix::process::{Resource, Rlimit, Signal, getrlimit, set_parent_process_death_signal, setrlimit};
use seccompiler::{BpfProgram, TargetArch};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Which walls stand around a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Confinement {
    /// Memory, CPU time, open files, no file writing, no core dump.
    pub rlimits: bool,
    /// The kernel refuses files outside the OCR models.
    pub landlock: bool,
    /// The kernel refuses system calls that computing does not need.
    pub seccomp: bool,
}

impl Confinement {
    pub(super) fn bits(self) -> u8 {
        u8::from(self.rlimits) | u8::from(self.landlock) << 1 | u8::from(self.seccomp) << 2
    }

    pub(super) fn from_bits(bits: u8) -> Self {
        Self { rlimits: bits & 1 != 0, landlock: bits & 2 != 0, seccomp: bits & 4 != 0 }
    }
}

/// What a child may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Address space (bytes).
    pub memory: u64,
    /// CPU seconds until the first answer; each answer brings a tenth of them on top.
    pub cpu: u64,
    /// CPU seconds in all.
    pub most_cpu: u64,
}

/// Confines this process for the rest of its life.
pub fn enter(allowance: &Allowance) -> Result<Confinement> {
    end_with_parent()?;
    limit(allowance)?;
    Ok(Confinement { rlimits: true, landlock: wall_off_files(), seccomp: filter_calls() })
}

/// A worker that is killed leaves no reader behind that burns on to its CPU limit.
fn end_with_parent() -> Result<()> {
    set_parent_process_death_signal(Some(Signal::KILL)).map_err(|error| {
        Error::new(Kind::Internal, format!("tying the confined reader to its worker failed: {error}"))
    })
}

/// Whoever answers gets time for further answers.
pub fn allow_more(allowance: &Allowance, answered: u64) {
    let so_far = allowance.cpu + answered.saturating_mul(allowance.cpu) / SHARE;
    let limit = Rlimit {
        current: Some(so_far.min(allowance.most_cpu)),
        maximum: Some(allowance.most_cpu.saturating_add(GRACE)),
    };
    // Where this fails the earlier, lower limit stays.
    setrlimit(Resource::Cpu, limit).ok();
}

/// An answer brings this part of the CPU time that was allowed for the first.
pub const SHARE: u64 = 10;
const GRACE: u64 = 2;

fn limit(allowance: &Allowance) -> Result<()> {
    let memory = allowance.memory;
    let limits = [
        (Resource::As, memory, memory),
        // The soft limit sends SIGXCPU, which tells overtime from a crash; the hard one kills.
        (Resource::Cpu, allowance.cpu, allowance.most_cpu.saturating_add(GRACE)),
        (Resource::Core, 0, 0),
        (Resource::Nofile, 64, 64),
        (Resource::Fsize, 0, 0),
    ];
    for (resource, soft, hard) in limits {
        let ceiling = getrlimit(resource).maximum.unwrap_or(u64::MAX);
        let limit = Rlimit { current: Some(soft.min(ceiling)), maximum: Some(hard.min(ceiling)) };
        setrlimit(resource, limit).map_err(|error| {
            Error::new(Kind::Internal, format!("limiting {resource:?} of the confined reader failed: {error}"))
        })?;
    }
    Ok(())
}

/// Folders that stay readable: where distributions keep the OCR models.
const READABLE: &[&str] = &[
    "/usr/share/tesseract-ocr",
    "/usr/share/tessdata",
    "/usr/local/share/tessdata",
    "/usr/local/share/tesseract",
];

fn wall_off_files() -> bool {
    let mut readable: Vec<PathBuf> = READABLE.iter().map(PathBuf::from).collect();
    readable.extend(std::env::var_os("TESSDATA_PREFIX").map(PathBuf::from));
    let newest = ABI::V9;
    let restricted = Ruleset::default()
        .handle_access(AccessFs::from_all(newest))
        .and_then(|rules| rules.handle_access(AccessNet::from_all(newest)))
        .and_then(|rules| rules.scope(Scope::from_all(newest)))
        .and_then(|rules| rules.create())
        .and_then(|rules| rules.add_rules(path_beneath_rules(readable, AccessFs::from_read(newest))))
        .and_then(|rules| rules.restrict_self());
    restricted.is_ok_and(|status| status.ruleset != RulesetStatus::NotEnforced)
}

fn filter_calls() -> bool {
    let Ok(arch) = TargetArch::try_from(std::env::consts::ARCH) else { return false };
    // glibc falls back from clone3 to clone, whose flags a filter can see, only when clone3 does not exist.
    // Of two filters the kernel takes the stricter answer, so the list below may name it.
    let no_clone3 = json!({ "mismatch_action": "allow", "match_action": { "errno": NO_SUCH_CALL },
        "filter": [{ "syscall": "clone3" }] });
    let listed = json!({ "mismatch_action": { "errno": NOT_PERMITTED }, "match_action": "allow",
        "filter": allowed(arch) });
    [no_clone3, listed].into_iter().all(|filter| apply(filter, arch))
}

fn apply(filter: Value, arch: TargetArch) -> bool {
    let source = json!({ "all": filter }).to_string();
    let programs = seccompiler::compile_from_json(source.as_bytes(), arch);
    let program: Option<BpfProgram> = programs.ok().and_then(|mut programs| programs.remove("all"));
    program.is_some_and(|program| seccompiler::apply_filter(&program).is_ok())
}

const NOT_PERMITTED: u32 = 1;
const NO_SUCH_CALL: u32 = 38;

#[rustfmt::skip]
const FREE: &[&str] = &[
    // memory
    "brk", "munmap", "mremap", "madvise", "membarrier",
    // pipes and files that are open or may be opened
    "read", "readv", "pread64", "write", "writev", "close", "lseek", "fstat", "newfstatat", "statx",
    "faccessat", "faccessat2", "readlinkat", "getdents64", "fcntl", "dup", "ppoll", "getcwd", "fadvise64",
    // threads and signals within this process
    "clone3", "futex", "set_robust_list", "rseq", "set_tid_address", "sched_yield", "sched_getaffinity",
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "restart_syscall", "getpid", "gettid",
    "exit", "exit_group",
    // time, chance, the machine
    "clock_gettime", "clock_getres", "clock_nanosleep", "nanosleep", "gettimeofday", "getrusage", "times",
    "getrandom", "uname", "sysinfo", "getuid", "geteuid", "getgid", "getegid",
    // the second filter
    "prctl", "seccomp",
];

/// Calls that exist on x86-64 only.
const FREE_X86_64: &[&str] = &["access", "stat", "lstat", "readlink", "poll", "time", "arch_prctl"];

/// Access mode, O_CREAT and O_TRUNC: all zero means reading only.
const WRITING: u64 = 0o3 | 0o100 | 0o1000;
const CLONE_THREAD: u64 = 0x10000;
const PROT_EXEC: u64 = 4;

fn allowed(arch: TargetArch) -> Vec<Value> {
    let intel = matches!(arch, TargetArch::x86_64);
    let mut calls: Vec<Value> = FREE.iter().map(|name| json!({ "syscall": name })).collect();
    calls.push(masked("openat", 2, WRITING, 0));
    calls.push(masked("clone", 0, CLONE_THREAD, CLONE_THREAD));
    calls.push(masked("mmap", 2, PROT_EXEC, 0));
    calls.push(masked("mprotect", 2, PROT_EXEC, 0));
    // Of itself only: signals and limits of other processes are out of reach.
    let own = u64::from(std::process::id());
    calls.push(masked("tgkill", 0, u64::from(u32::MAX), own));
    calls.push(masked("prlimit64", 0, u64::from(u32::MAX), 0));
    if intel {
        calls.extend(FREE_X86_64.iter().map(|name| json!({ "syscall": name })));
        calls.push(masked("open", 1, WRITING, 0));
    }
    calls
}

/// Allows a call when the bits of one argument under `mask` are `value`.
fn masked(name: &str, index: u8, mask: u64, value: u64) -> Value {
    json!({ "syscall": name,
        "args": [{ "index": index, "type": "qword", "op": { "masked_eq": mask }, "val": value }] })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filter_compiles_for_the_machines_we_run_on() {
        for arch in [TargetArch::x86_64, TargetArch::aarch64] {
            let filter = json!({ "all": { "mismatch_action": { "errno": NOT_PERMITTED },
                "match_action": "allow", "filter": allowed(arch) } });
            let compiled = seccompiler::compile_from_json(filter.to_string().as_bytes(), arch);
            assert!(compiled.is_ok(), "{arch:?}: {:?}", compiled.err());
        }
    }

    #[test]
    fn no_way_out_is_on_the_list() {
        for name in ["socket", "connect", "execve", "execveat", "ptrace", "mount", "fork", "kill", "bpf"] {
            assert!(!FREE.contains(&name) && !FREE_X86_64.contains(&name), "{name} is allowed");
        }
    }
}
