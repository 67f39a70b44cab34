/** Which files concern the server. */

/**
 * Documents that are sent to the server. They are selected by name and not by language id: the same file is
 * `terraform-test`, `opentofu-test` or plain text, depending on which other extensions are installed, and module files
 * are part of what a test means.
 */
export const selectedFiles = [
  '**/*.{tftest,tofutest,tfmock}.{hcl,json}',
  '**/*.{tf,tofu}',
  '**/*.{tf,tofu}.json',
];

/** Files that change the meaning of a test when something else than this editor writes them. */
export const watchedFiles = [...selectedFiles, '**/*.{tfvars,tfvars.json}', '**/.terraform/modules/modules.json'];
