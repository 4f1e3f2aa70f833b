//! The local cluster through what happens to servers: restarts, kills, a second process, long paths.

use std::{fs, os::unix::fs::PermissionsExt, time::Duration};

use rustix::process::{Pid, Signal, kill_process};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use store::{
    Db, Options,
    cluster::{Cluster, Durability},
};
use wafermaps_tests::TestFolder;

async fn start(folder: &TestFolder) -> Cluster {
    Cluster::start_with(folder.path(), Durability::Throwaway)
        .await
        .expect("cluster starts")
}

async fn connect(cluster: &Cluster) -> Db {
    store::connect(
        &cluster.url(),
        &Options {
            max_connections: 2,
            ..Options::default()
        },
    )
    .await
    .expect("connects")
}

async fn number(db: &Db, sql: &str) -> i64 {
    let row = db
        .query_one_raw(Statement::from_string(DbBackend::Postgres, sql))
        .await
        .expect("query")
        .expect("a row");
    row.try_get_by_index(0).expect("a number")
}

fn kill(pid: i32) {
    kill_process(Pid::from_raw(pid).expect("a pid"), Signal::KILL).expect("is killed");
    // A process that is dead, reaped or not, has no working directory.
    while fs::read_link(format!("/proc/{pid}/cwd")).is_ok() {
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[tokio::test]
async fn what_was_committed_is_there_after_the_postmaster_was_killed() {
    let folder = TestFolder::new();
    let cluster = Cluster::start(folder.path()).await.expect("cluster starts");
    let db = connect(&cluster).await;
    db.execute_unprepared("create table kept as select 7::bigint as n")
        .await
        .expect("is written");
    let killed = cluster.pid().expect("runs");

    kill(killed);
    let cluster = cluster.ensure_running().await.expect("starts again");

    assert_ne!(cluster.pid(), Some(killed));
    assert_eq!(
        number(&connect(&cluster).await, "select n from kept").await,
        7
    );
    cluster.stop().await.expect("stops");
}

#[tokio::test]
async fn a_stale_pid_file_that_names_another_living_program_does_not_keep_the_cluster_from_starting()
 {
    let folder = TestFolder::new();
    let cluster = start(&folder).await;
    let killed = cluster.pid().expect("runs");
    kill(killed);
    let pid_file = folder.path().join("postgres/data/postmaster.pid");
    let text = fs::read_to_string(&pid_file).expect("a killed postmaster leaves its pid file");
    fs::write(
        &pid_file,
        text.replacen(&killed.to_string(), &std::process::id().to_string(), 1),
    )
    .expect("is written");

    let restarted = start(&folder).await;

    assert_eq!(
        number(&connect(&restarted).await, "select 1::bigint").await,
        1
    );
    drop(cluster);
    restarted.stop().await.expect("stops");
}

#[tokio::test]
async fn a_second_user_joins_the_running_cluster_and_only_the_last_one_stops_it() {
    let folder = TestFolder::new();
    let server = start(&folder).await;
    let command_line = start(&folder).await;
    let pid = server.pid().expect("runs");
    assert_eq!(command_line.pid(), Some(pid));

    server.stop().await.expect("leaves");
    assert_eq!(
        number(&connect(&command_line).await, "select 1::bigint").await,
        1
    );
    command_line.stop().await.expect("stops");

    assert!(!folder.path().join("postgres/data/postmaster.pid").exists());
}

#[tokio::test]
async fn starts_at_the_same_moment_make_one_cluster() {
    let folder = TestFolder::new();

    let (one, other) = tokio::join!(start(&folder), start(&folder));

    assert_eq!(one.pid(), other.pid());
    one.stop().await.expect("leaves");
    other.stop().await.expect("stops");
}

#[tokio::test]
async fn a_cluster_left_running_is_taken_over_by_the_next_server() {
    let folder = TestFolder::new();
    let abandoned = start(&folder).await;
    let pid = abandoned.pid();
    drop(abandoned);

    let next = start(&folder).await;

    assert_eq!(next.pid(), pid);
    next.stop().await.expect("stops");
}

#[tokio::test]
async fn a_data_folder_too_deep_for_a_socket_works() {
    let folder = TestFolder::new();
    let deep = folder.path().join("d".repeat(80)).join("e".repeat(60));

    let cluster = Cluster::start_with(&deep, Durability::Throwaway)
        .await
        .expect("cluster starts");

    assert_eq!(
        number(&connect(&cluster).await, "select 1::bigint").await,
        1
    );
    cluster.stop().await.expect("stops");
}

#[tokio::test]
async fn a_path_with_blanks_and_signs_survives_the_url() {
    let folder = TestFolder::new();
    let odd = folder.path().join("fab 1&2%41?#ü");

    let cluster = Cluster::start_with(&odd, Durability::Throwaway)
        .await
        .expect("cluster starts");

    assert_eq!(
        number(&connect(&cluster).await, "select 1::bigint").await,
        1
    );
    cluster.stop().await.expect("stops");
}

#[tokio::test]
async fn stopping_does_not_wait_for_open_connections() {
    let folder = TestFolder::new();
    let cluster = start(&folder).await;
    let db = connect(&cluster).await;
    let _open = number(&db, "select 1::bigint").await;

    tokio::time::timeout(Duration::from_secs(30), cluster.stop())
        .await
        .expect("in time")
        .expect("stops");

    let error = db
        .execute_unprepared("select 1")
        .await
        .map_err(store::Error::from)
        .expect_err("is gone");
    assert!(matches!(error, store::Error::Unavailable(_)), "{error:?}");
}

#[tokio::test]
async fn as_root_a_data_folder_that_others_cannot_enter_works() {
    if !rustix::process::geteuid().is_root() {
        println!("not run: only root has such a folder and another account for the database");
        return;
    }
    let folder = TestFolder::new();
    let private = folder.path().join("root's own");
    fs::create_dir(&private).expect("is made");
    fs::set_permissions(&private, fs::Permissions::from_mode(0o700)).expect("is closed to others");

    let cluster = Cluster::start_with(&private.join("data"), Durability::Throwaway)
        .await
        .expect("cluster starts");
    assert_eq!(
        number(&connect(&cluster).await, "select 1::bigint").await,
        1
    );
    cluster.stop().await.expect("stops");
    let cluster = Cluster::start_with(&private.join("data"), Durability::Throwaway)
        .await
        .expect("is found again");

    let elsewhere = private
        .join("data/postgres")
        .canonicalize()
        .expect("is a link");
    assert!(
        !elsewhere.starts_with(folder.path()),
        "{}",
        elsewhere.display()
    );
    cluster.stop().await.expect("stops");
    fs::remove_dir_all(elsewhere).expect("is removed");
}
