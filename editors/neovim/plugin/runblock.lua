-- Runs once at start-up: file types, the language server, code lenses and the `:Runblock` command.
if vim.g.loaded_runblock then
  return
end
vim.g.loaded_runblock = true

local runblock = require('runblock')
local group = vim.api.nvim_create_augroup('runblock', {})

vim.filetype.add({
  extension = { tofu = 'opentofu' },
  pattern = {
    ['.*%.tftest%.hcl'] = 'terraform-test',
    ['.*%.tofutest%.hcl'] = 'terraform-test',
    ['.*%.tftest%.json'] = 'terraform-test-json',
    ['.*%.tofutest%.json'] = 'terraform-test-json',
    ['.*%.tfmock%.hcl'] = 'terraform-mock',
  },
})

-- Highlighting, comments and indentation come from the language that the file is written in.
local written_in = {
  ['terraform-test'] = 'hcl',
  ['terraform-mock'] = 'hcl',
  ['terraform-test-json'] = 'json',
  opentofu = 'terraform',
}
for filetype, language in pairs(written_in) do
  vim.treesitter.language.register(language, filetype)
end
vim.api.nvim_create_autocmd('FileType', {
  group = group,
  pattern = vim.tbl_keys(written_in),
  callback = function(event)
    local language = written_in[event.match]
    vim.bo[event.buf].syntax = language
    if language ~= 'json' then
      -- Neovim 0.10 has no file type plugin for HCL.
      vim.bo[event.buf].commentstring = '# %s'
    end
    vim.cmd.runtime({ ('ftplugin/%s.vim'):format(language), ('indent/%s.vim'):format(language), bang = true })
  end,
})

vim.api.nvim_create_autocmd('LspAttach', {
  group = group,
  callback = function(event)
    local client = vim.lsp.get_client_by_id(event.data.client_id)
    if client and client.name == 'runblock' then
      require('runblock.lens').enable(event.buf)
    end
  end,
})

if vim.lsp.enable then
  vim.lsp.enable('runblock')
else
  -- Neovim 0.10 does not know `lsp/runblock.lua`.
  vim.api.nvim_create_autocmd('FileType', {
    group = group,
    pattern = runblock.filetypes,
    callback = function(event)
      runblock.start(event.buf)
    end,
  })
end

vim.api.nvim_create_user_command('Runblock', function(command)
  require('runblock.command').execute(command.args)
end, {
  nargs = 1,
  desc = 'Run Terraform and OpenTofu tests',
  complete = function(typed)
    return require('runblock.command').complete(typed)
  end,
})
