//! initdb, and the life of the postmaster.

use std::{
    fs::{self, OpenOptions},
    os::unix::process::CommandExt,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};

use super::{Account, ClusterError, Durability, Layout, NAME, Programs, Result};

/// Crash recovery of a large cluster takes a while.
const START_LIMIT: Duration = Duration::from_secs(120);
const POLL: Duration = Duration::from_millis(20);

pub(super) fn initdb(
    programs: &Programs,
    layout: &Layout,
    account: &Account,
    durability: Durability,
) -> Result<()> {
    // What an interrupted initdb left is no cluster yet, and initdb wants an empty folder.
    if layout.pgdata().exists() {
        fs::remove_dir_all(layout.pgdata())
            .map_err(|source| layout.folder_error("cannot clear a half-made cluster in", source))?;
    }
    let mut command = Command::new(programs.path("initdb"));
    command
        .arg("--pgdata")
        .arg(layout.pgdata())
        .current_dir(layout.socket_dir());
    command.args([
        "--username",
        NAME,
        "--encoding",
        "UTF8",
        "--locale",
        "C.UTF-8",
        "--data-checksums",
    ]);
    // Who may enter the folder of the socket (mode 0700) may connect: its owner, and root.
    command.args([
        "--auth-local",
        "trust",
        "--auth-host",
        "reject",
        "--no-instructions",
    ]);
    if durability == Durability::Throwaway {
        command.arg("--no-sync");
    }
    let output = account.apply(&mut command).stdin(Stdio::null()).output();
    let output = output.map_err(|error| ClusterError::Program {
        program: "initdb",
        reason: error.to_string(),
    })?;
    if output.status.success() {
        return Ok(());
    }
    Err(ClusterError::Program {
        program: "initdb",
        reason: last_lines(&String::from_utf8_lossy(&output.stderr)),
    })
}

/// Starts the postmaster unless it runs; returns it when this call started it. The caller holds the start lock.
pub(super) fn ensure_running(
    programs: &Programs,
    layout: &Layout,
    account: &Account,
    durability: Durability,
) -> Result<Option<Child>> {
    let deadline = Instant::now() + START_LIMIT;
    if running_pid(layout).is_some() {
        wait_ready(layout, None, deadline)?;
        return Ok(None);
    }
    wait_for_orphans(layout, deadline);
    forget_stale_pid(layout)?;
    let mut child = spawn(programs, layout, account, durability)?;
    wait_ready(layout, Some(&mut child), deadline)?;
    Ok(Some(child))
}

/// The postmaster named in `postmaster.pid`, if that process is one and lives.
pub(super) fn running_pid(layout: &Layout) -> Option<Pid> {
    let text = fs::read_to_string(layout.postmaster_pid()).ok()?;
    let pid = Pid::from_raw(text.lines().next()?.trim().parse().ok()?)?;
    (test_kill_process(pid).is_ok() && works_in(layout, pid)).then_some(pid)
}

/// PostgreSQL's processes work in PGDATA; a number that was given to another program since does not. A zombie has no
/// folder any more.
fn works_in(layout: &Layout, pid: Pid) -> bool {
    let cwd = fs::read_link(format!("/proc/{}/cwd", pid.as_raw_nonzero()));
    matches!((cwd, layout.pgdata().canonicalize()), (Ok(cwd), Ok(pgdata)) if cwd == pgdata)
}

/// After a postmaster was killed, its backends end by themselves; a new one must not start before.
fn wait_for_orphans(layout: &Layout, deadline: Instant) {
    let orphan_lives = || {
        let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
        let mut pids =
            processes.filter_map(|entry| Pid::from_raw(entry.file_name().to_str()?.parse().ok()?));
        pids.any(|pid| works_in(layout, pid))
    };
    while Instant::now() < deadline && orphan_lives() {
        sleep(POLL);
    }
}

/// PostgreSQL takes any living process with the number in its lock files for a postmaster and refuses to start; a
/// zombie counts as living.
fn forget_stale_pid(layout: &Layout) -> Result<()> {
    for lock_file in [
        layout.postmaster_pid(),
        layout.socket_dir().join(".s.PGSQL.5432.lock"),
    ] {
        match fs::remove_file(lock_file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(layout.folder_error("cannot remove a stale lock file in", error));
            }
            _ => {}
        }
    }
    Ok(())
}

fn spawn(
    programs: &Programs,
    layout: &Layout,
    account: &Account,
    durability: Durability,
) -> Result<Child> {
    let failed = |error: std::io::Error| ClusterError::Program {
        program: "postgres",
        reason: error.to_string(),
    };
    let log = OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(true)
        .open(layout.log())
        .map_err(failed)?;
    let mut command = Command::new(programs.path("postgres"));
    command
        .arg("-D")
        .arg(layout.pgdata())
        .current_dir(layout.pgdata());
    for setting in settings(layout, durability) {
        command.arg("-c").arg(setting);
    }
    // A group of its own: Ctrl-C at the terminal is for the server, which stops the database once it is done with it.
    account
        .apply(&mut command)
        .process_group(0)
        .stdin(Stdio::null());
    command
        .stdout(log.try_clone().map_err(failed)?)
        .stderr(log)
        .spawn()
        .map_err(failed)
}

fn settings(layout: &Layout, durability: Durability) -> Vec<String> {
    let mut settings = vec![format!(
        "unix_socket_directories={}",
        layout.socket_dir().display()
    )];
    settings.extend(
        [
            "listen_addresses=",
            "unix_socket_permissions=0700",
            "max_connections=100",
            "shared_buffers=256MB",
            "work_mem=16MB",
            "maintenance_work_mem=128MB",
            "effective_cache_size=2GB",
            "random_page_cost=1.1",
            "max_wal_size=4GB",
            // The log of a large import leaves no files behind for the next one: the data folder stays small.
            "wal_recycle=off",
            "checkpoint_completion_target=0.9",
            // Nobody replicates a local cluster.
            "wal_level=minimal",
            "max_wal_senders=0",
            "timezone=UTC",
            "log_timezone=UTC",
            "lc_messages=C",
            "log_min_messages=warning",
        ]
        .map(str::to_owned),
    );
    if durability == Durability::Throwaway {
        settings.extend(
            [
                "fsync=off",
                "synchronous_commit=off",
                "full_page_writes=off",
                "shared_buffers=128MB",
            ]
            .map(str::to_owned),
        );
    }
    settings
}

/// The last line of `postmaster.pid` says `ready` once connections are taken.
fn wait_ready(layout: &Layout, mut child: Option<&mut Child>, deadline: Instant) -> Result<()> {
    let failure = |reason: String| ClusterError::Program {
        program: "postgres",
        reason,
    };
    loop {
        let text = fs::read_to_string(layout.postmaster_pid()).unwrap_or_default();
        if text
            .lines()
            .nth(7)
            .is_some_and(|status| status.trim() == "ready")
        {
            return Ok(());
        }
        let ended = match child.as_mut() {
            Some(child) => !matches!(child.try_wait(), Ok(None)),
            None => running_pid(layout).is_none(),
        };
        if ended {
            return Err(failure(last_lines(
                &fs::read_to_string(layout.log()).unwrap_or_default(),
            )));
        }
        if Instant::now() > deadline {
            return Err(failure(format!(
                "not ready within {} s",
                START_LIMIT.as_secs()
            )));
        }
        sleep(POLL);
    }
}

/// Tells the postmaster to cut all connections, write out and end, and waits until it has.
pub(super) fn stop(layout: &Layout, child: Option<Child>, limit: Duration) -> Result<()> {
    let Some(pid) = running_pid(layout) else {
        return Ok(());
    };
    let failure = |reason: String| ClusterError::Program {
        program: "postgres",
        reason,
    };
    kill_process(pid, Signal::INT)
        .map_err(|error| failure(format!("cannot be stopped: {error}")))?;
    let deadline = Instant::now() + limit;
    let mut child =
        child.filter(|child| i32::try_from(child.id()) == Ok(pid.as_raw_nonzero().get()));
    loop {
        let ended = match child.as_mut() {
            Some(child) => !matches!(child.try_wait(), Ok(None)),
            None => running_pid(layout).is_none(),
        };
        if ended {
            return Ok(());
        }
        if Instant::now() > deadline {
            return Err(failure(format!(
                "did not stop within {} s",
                limit.as_secs()
            )));
        }
        sleep(POLL);
    }
}

/// The end of a log as one line: what matters stands in the last few.
fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    lines[lines.len().saturating_sub(4)..].join("; ")
}
