//! The binary: command line, settings, log, the private PostgreSQL, and what each command does with them.

pub mod cli;
pub mod commands;
pub mod config;
pub mod database;
pub mod failure;
pub mod private_postgres;
pub mod serve;
pub mod shop;
pub mod telemetry;

use std::process::ExitCode;

use clap::Parser;

/// Runs the command of this process's arguments. 0 is success, 1 a failure, 2 wrong usage.
pub fn main() -> ExitCode {
    telemetry::tell_panics();
    let result = cli::run(cli::Cli::parse());
    telemetry::end();
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("bizhub: {failure}");
            ExitCode::FAILURE
        }
    }
}
