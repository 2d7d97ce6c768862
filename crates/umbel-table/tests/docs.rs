//! The page on the region format says what the schema says.

#![allow(clippy::expect_used)]

use std::path::Path;
use umbel_table::schema::docs;

#[test]
fn the_page_on_the_region_format_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/region-format.md");
    let page = std::fs::read_to_string(&path).expect("the page");
    let fresh = docs::refreshed(&page).expect("the markers of the generated part");
    if std::env::var_os("UMBEL_BLESS").is_some() {
        std::fs::write(&path, &fresh).expect("written");
    } else {
        assert!(page == fresh, "docs/region-format.md differs from the schema; run the tests with UMBEL_BLESS=1");
    }
}
