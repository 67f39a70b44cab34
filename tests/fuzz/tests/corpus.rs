//! Every input that was ever kept, handed to its target.

use std::path::Path;

#[test]
fn every_kept_input_still_holds() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for (name, target) in runblock_fuzz::TARGETS {
        let folder = corpus.join(name);
        let mut inputs = 0;
        for entry in std::fs::read_dir(&folder).expect("every target has a corpus").flatten() {
            target(&std::fs::read(entry.path()).expect("an input is a file"));
            inputs += 1;
        }
        assert!(inputs >= 20, "{} has only {inputs} inputs", folder.display());
    }
}
