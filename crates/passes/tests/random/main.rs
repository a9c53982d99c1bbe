//! Random functions do the same before and after each pass.

mod generator;
mod world;

use generator::Generator;
use proptest::prelude::*;
use whipsnake_ir::verify::verify_text;
use whipsnake_passes::{PASSES, optimize, run};
use world::{Report, execute};

fn check(choices: &[u64]) -> Result<(), TestCaseError> {
    let function = Generator::generate(choices);
    let problem = verify_text(&function);
    prop_assert!(problem.is_none(), "the generator broke the rules: {:?}\n{function}", problem);
    let before: Vec<Report> = (0..4).map(|seed| execute(&function, seed)).collect();
    for name in PASSES.iter().map(|pass| pass.name()).chain(["optimize"]) {
        let mut changed = function.clone();
        let result = if name == "optimize" { optimize(&mut changed) } else { run(name, &mut changed) };
        let problem = result.err().map(|error| error.to_string()).unwrap_or_default();
        prop_assert!(problem.is_empty(), "{problem}\n{function}\nbecame\n{changed}");
        for (seed, expected) in (0..).zip(&before) {
            let found = execute(&changed, seed);
            prop_assert_eq!(&found, expected, "{} with seed {}:\n{}\nbecame\n{}", name, seed, function, changed);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn passes_change_nothing_that_can_be_seen(choices in proptest::collection::vec(any::<u64>(), 1..240)) {
        check(&choices)?;
    }
}

/// A well-mixed word.
fn mix(seed: u64) -> u64 {
    let word = (seed ^ seed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ word >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ word >> 31
}

#[test]
fn generated_functions_do_something() {
    let mut exits = 0;
    let mut returns = 0;
    for seed in 1..200u64 {
        let choices: Vec<u64> = (0..120).map(|i| mix(seed << 32 | i)).collect();
        let report = execute(&Generator::generate(&choices), seed);
        assert_eq!(report.fault, None);
        if report.ended.starts_with("exit") { exits += 1 } else { returns += 1 }
    }
    assert!(exits > 20 && returns > 20, "{exits} exits and {returns} returns");
}
