//! docs/commands.md, made from the command line's own definitions.

use crate::arguments::Arguments;
use clap::CommandFactory;
use std::fmt::Write;

/// The text of docs/commands.md.
fn page() -> String {
    let mut text = String::from(
        "# Commands\n\nThis page is made from the command line itself (`UMBEL_BLESS=1 cargo test -p umbel` writes it again).\n",
    );
    // A width of its own, whatever the terminal of the test.
    let mut top = Arguments::command().term_width(100);
    top.build();
    let mut section = |title: &str, help: String| {
        let help: Vec<&str> = help.lines().map(str::trim_end).collect();
        let _ = write!(text, "\n## {title}\n```text\n{}\n```\n", help.join("\n").trim());
    };
    section("umbel", top.render_long_help().to_string());
    for command in top.get_subcommands_mut().filter(|command| command.get_name() != "help") {
        let title = format!("umbel {}", command.get_name());
        section(&title, command.render_long_help().to_string());
    }
    text
}

#[test]
fn the_page_on_commands_is_up_to_date() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/commands.md");
    if std::env::var_os("UMBEL_BLESS").is_some() {
        std::fs::write(path, page()).expect("docs can be written");
    }
    let held = std::fs::read_to_string(path).unwrap_or_default();
    assert!(held == page(), "docs/commands.md differs from the command line: run the tests with UMBEL_BLESS=1");
}

#[test]
fn the_command_line_is_sound() {
    Arguments::command().debug_assert();
}
