//! The reference of the methods in docs/ is what the code says.

use std::fs;
use std::path::Path;

#[test]
fn the_page_of_the_methods_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/methods.md");
    let wanted = umbel_study::reference::markdown();
    if std::env::var_os("UMBEL_BLESS").is_some() {
        fs::write(&path, &wanted).expect("written");
    }
    let held = fs::read_to_string(&path).expect("docs/methods.md is there");
    assert!(
        held == wanted,
        "docs/methods.md differs from the code: UMBEL_BLESS=1 cargo test -p umbel-study --test reference"
    );
}
