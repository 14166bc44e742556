//! Mutated files through every reader, the flow engine and the reports: none may panic, hang, give two answers or repeat a secret.
//!
//! Inputs are made from what this repository holds in each syntax (`corpus`), changed by whoever knows syntaxes (`mutate`), and given
//! to one target each (`target`). An input is determined by its target and its number, so a failure is run again by name.
//!
//! | variable | meaning |
//! |---|---|
//! | `FUZZ=n` | so many executions of each reader; costly targets have fewer, by their share |
//! | `FUZZ_TARGET=word` | only the targets whose name has the word; `-word`: all others |
//! | `FUZZ_FROM=n` | the number of the first input: a night goes on where the last one ended |
//! | `FUZZ_THREADS=n` | so many targets at once (1) |
//! | `FUZZ_SECONDS=n` | an input that takes longer three times is a failure; on a quiet machine only |
//!
//! The gate runs a few minutes of it (`.ci/run`). A night:
//! `FUZZ=1000000 FUZZ_THREADS=2 FUZZ_SECONDS=2 cargo test --test it fuzz -- --nocapture`. What it finds becomes a test.

mod corpus;
mod mutate;
mod store;
mod target;
mod tree;

use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use corpus::Input;
use target::{Target, targets};

/// So many executions of each reader in the default run.
const FEW: u64 = 40;
/// Executions that a thread takes at once.
const BLOCK: u64 = 2_000;
/// After this, an input is taken to hang and ends the run.
const ENDLESS: Duration = Duration::from_secs(120);
/// Threads go deep into hostile trees, as those of a scan do.
const STACK_BYTES: usize = 64 << 20;
/// Attempts to make a failing input small.
const SHRINKING: usize = 2_000;

#[expect(clippy::disallowed_methods, reason = "a night's run is asked for by the environment")]
fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn number(name: &str, default: u64) -> u64 {
    setting(name).and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// A part of a target's executions.
struct Task<'t> {
    target: &'t Target,
    numbers: std::ops::Range<u64>,
}

/// The executions that are asked for, the targets in turn.
fn tasks(targets: &[Target]) -> Vec<Task<'_>> {
    let (count, from) = (number("FUZZ", FEW), number("FUZZ_FROM", 0));
    let mut tasks = Vec::new();
    for start in (0..count).step_by(BLOCK as usize) {
        for target in targets {
            let end = (count / target.share).max(3).min(start + BLOCK);
            if start < end {
                tasks.push(Task { target, numbers: from + start..from + end });
            }
        }
    }
    tasks
}

/// What one input did to its target.
fn execute(target: &Target, input: &Input) -> Result<Duration, String> {
    let start = Instant::now();
    let result = catch_unwind(AssertUnwindSafe(|| (target.run)(input)));
    let time = start.elapsed();
    match result {
        Ok(said) => said.map(|()| time),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().cloned().or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string));
            Err(format!("panic: {}", text.unwrap_or_default()))
        }
    }
}

/// The same, with the time that it may take where somebody asked for that: a clock on a wall says nothing on a machine that others use.
fn failure(target: &Target, input: &Input) -> Option<String> {
    let most = setting("FUZZ_SECONDS").and_then(|text| text.parse().ok()).map_or(ENDLESS, Duration::from_secs);
    let is_slow = |time: Duration| time > most;
    match execute(target, input) {
        Err(said) => Some(said),
        Ok(time) if is_slow(time) => {
            let again = (0..2).filter_map(|_| execute(target, input).ok()).all(is_slow);
            again.then(|| format!("it takes {time:?}"))
        }
        Ok(_) => None,
    }
}

/// A smaller input that fails, too.
fn shrunk(target: &Target, mut input: Input) -> Input {
    let (mut tries, mut size) = (0, input.bytes.len() / 2);
    while size > 0 && tries < SHRINKING {
        let mut at = 0;
        while at < input.bytes.len() && tries < SHRINKING {
            let mut bytes = input.bytes.clone();
            bytes.drain(at..(at + size).min(input.bytes.len()));
            let smaller = Input { path: input.path.clone(), bytes };
            tries += 1;
            if execute(target, &smaller).is_err() { input = smaller } else { at += size }
        }
        size /= 2;
    }
    input
}

/// What a thread is at.
type Slot = Mutex<Option<(Instant, String)>>;

/// Ends the run if an input hangs: nothing else can. Says every minute how far it is.
#[expect(clippy::print_stderr, reason = "a night may be cut off, and a hanging run ends here")]
fn watch(targets: &[Target], slots: &[Slot], is_done: &AtomicBool) {
    let mut told = Instant::now();
    while !is_done.load(Ordering::Relaxed) {
        if told.elapsed() > Duration::from_secs(60) {
            told = Instant::now();
            eprintln!("{} executions so far", targets.iter().map(executed).sum::<u64>());
        }
        for slot in slots {
            if let Some((start, what)) = &*slot.lock().expect("a slot")
                && start.elapsed() > ENDLESS
            {
                eprintln!("{what} hangs");
                std::process::abort();
            }
        }
        std::thread::park_timeout(Duration::from_millis(200));
    }
}

/// Runs tasks until none is left.
fn work(tasks: &[Task<'_>], next: &AtomicUsize, slot: &Slot, failures: &Mutex<Vec<String>>) {
    while let Some(Task { target, numbers }) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
        for number in numbers.clone() {
            *slot.lock().expect("a slot") = Some((Instant::now(), format!("{} {number}", target.name)));
            let input = mutate::input(target, number);
            target.executed.fetch_add(1, Ordering::Relaxed);
            let start = Instant::now();
            let failure = failure(target, &input);
            target.time.fetch_add(start.elapsed().as_micros() as u64, Ordering::Relaxed);
            if let Some(said) = failure {
                *slot.lock().expect("a slot") = None;
                let small = shrunk(target, input);
                let text = String::from_utf8_lossy(&small.bytes).into_owned();
                let said = execute(target, &small).err().unwrap_or(said);
                let told = format!("{} {number}: {said}\n{}: {text:?}", target.name, small.path);
                failures.lock().expect("the failures").push(told);
                break;
            }
        }
    }
    *slot.lock().expect("a slot") = None;
}

#[test]
fn nothing_breaks_on_any_input() {
    let word = setting("FUZZ_TARGET").unwrap_or_default();
    // `-word`: all but these.
    let is_asked = |name: &str| word.strip_prefix('-').map_or_else(|| name.contains(&word), |other| !name.contains(other));
    let targets: Vec<_> = targets().into_iter().filter(|target| is_asked(&target.name)).collect();
    assert!(!targets.is_empty(), "no target is called so: {word}");
    let tasks = tasks(&targets);
    let threads = number("FUZZ_THREADS", 1) as usize;
    let (next, is_done, failures) = (AtomicUsize::new(0), AtomicBool::new(false), Mutex::default());
    let slots: Vec<Slot> = (0..threads).map(|_| Slot::default()).collect();
    let start = Instant::now();
    std::thread::scope(|scope| {
        let watcher = scope.spawn(|| watch(&targets, &slots, &is_done));
        let workers: Vec<_> = slots
            .iter()
            .map(|slot| {
                let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
                thread.spawn_scoped(scope, || work(&tasks, &next, slot, &failures)).expect("a thread")
            })
            .collect();
        workers.into_iter().for_each(|worker| worker.join().expect("a worker"));
        is_done.store(true, Ordering::Relaxed);
        watcher.thread().unpark();
    });
    tell(&targets, start.elapsed());
    let failures = failures.into_inner().expect("the failures");
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

fn executed(target: &Target) -> u64 {
    target.executed.load(Ordering::Relaxed)
}

/// How often each target was executed.
#[expect(clippy::print_stdout, reason = "the figures of a night")]
fn tell(targets: &[Target], time: Duration) {
    let mut text = String::new();
    for target in targets {
        let each = target.time.load(Ordering::Relaxed) / executed(target).max(1);
        writeln!(text, "{:>9} of {each:>6} µs: {}", executed(target), target.name).expect("writing to memory");
    }
    println!("{text}{} executions in {time:?}", targets.iter().map(executed).sum::<u64>());
}
