--- The checks of the Neovim plugin, in the order in which a user would meet things. Started by ../neovim.sh.
local here = vim.fs.dirname(debug.getinfo(1, 'S').source:sub(2))
local Screen = dofile(here .. '/screen.lua')

local workspace = vim.env.WORKSPACE
local test_file = workspace .. '/greeting.tftest.hcl'
local original = table.concat(vim.fn.readfile(test_file), '\n')
local socket = workspace .. '/nvim.sock'

local editor = Screen.start({
  vim.env.EDITOR_NVIM,
  '--clean',
  '--cmd',
  'set noswapfile runtimepath^=' .. vim.env.PLUGIN,
  '--cmd',
  ('let g:runblock = { "cmd": ["%s", "lsp"] }'):format(vim.env.RUNBLOCK_BIN),
  '--listen',
  socket,
  test_file,
}, socket, 110, 60)

local function say(line)
  io.stdout:write(line, '\n')
end

local passed, failed = 0, 0
local function check(name, body)
  local ok, reason = xpcall(body, function(err)
    return type(err) == 'string' and err or vim.inspect(err)
  end)
  if ok then
    passed = passed + 1
    say('ok   ' .. name)
  else
    failed = failed + 1
    say('FAIL ' .. name .. '\n     ' .. reason:gsub('\n', '\n     '))
    -- Whatever mode the failure left behind, the next check begins in normal mode.
    editor:type('<Esc><Esc>')
  end
end

local function equal(actual, expected)
  if not vim.deep_equal(actual, expected) then
    error(('expected %s\nbut was  %s'):format(vim.inspect(expected), vim.inspect(actual)), 0)
  end
end

--- The messages of the buffer's diagnostics.
local function problems()
  return editor:eval([[
    return vim.iter(vim.diagnostic.get(0)):map(function(d) return d.message end):totable()
  ]])
end

local function expect_problems(count)
  editor:wait(count .. ' diagnostics', function()
    return #problems() == count
  end)
end

--- Puts the cursor on the first match of a search pattern, in normal mode.
local function go_to(pattern)
  editor:type('<Esc>gg0/' .. pattern .. '<CR>:nohlsearch<CR>')
end

--- The words of the completion menu that is open.
local function menu()
  editor:type('<C-x><C-o>')
  return editor:wait('a completion menu', function()
    local words = editor:eval([[
      local info = vim.fn.complete_info({ 'pum_visible', 'items' })
      return info.pum_visible == 1 and vim.iter(info.items):map(function(item) return item.word end):totable() or {}
    ]])
    return #words > 0 and words
  end)
end

local function close_menu()
  editor:type('<C-e>')
  editor:wait('no menu', function()
    return editor:eval('return vim.fn.pumvisible()') == 0
  end)
end

check('a test file is known by its name, and the server is attached', function()
  editor:wait('a client', function()
    return editor:eval([[local client = require('runblock').client(0); return client and client.initialized or false]])
  end)
  equal(editor:eval('return vim.bo.filetype'), 'terraform-test')
  equal(editor:eval('return vim.bo.commentstring'), '# %s')
end)

check('▶ Run file and a ▶ Run for every run block are on the screen', function()
  editor:expect('▶ Run file')
  editor:wait('three times ▶ Run', function()
    local count = 0
    for _, line in ipairs(editor:lines()) do
      count = count + ((line:find('▶ Run', 1, true) and not line:find('▶ Run file', 1, true)) and 1 or 0)
    end
    return count == 3
  end)
end)

check('a correct file has no diagnostic', function()
  equal(problems(), {})
end)

check('a misspelt reference is a diagnostic while typing', function()
  go_to([[var\.name]])
  editor:type('f.ea<BS>')
  expect_problems(1)
  equal(editor:eval('return vim.fn.mode()'), 'i')
  if not problems()[1]:find('nam', 1, true) then
    error('the diagnostic does not name what is wrong: ' .. problems()[1], 0)
  end
end)

check('and goes away with the mistake', function()
  editor:type('e')
  expect_problems(0)
  editor:type('<Esc>')
end)

check('run. offers the earlier runs and no others', function()
  go_to([[card.output == "Hello]])
  editor:type('A && run.')
  local words = menu()
  table.sort(words)
  equal(words, { 'asks_politely', 'joins_the_words' })
end)

check('run.x. offers the outputs', function()
  close_menu()
  editor:type('joins_the_words.')
  local words = menu()
  table.sort(words)
  equal(words, { 'card', 'greeting' })
  close_menu()
  editor:type('<Esc>:edit!<CR>')
  expect_problems(0)
end)

check('K tells of a function, and of a variable', function()
  go_to([[length(terr]])
  editor:type('K')
  editor:expect('length(value: any) -> number')
  editor:type('l')
  go_to([[var\.name]])
  editor:type('f.lK')
  editor:expect('Who is greeted.')
  editor:type('h')
end)

check('an argument is helped with while it is typed', function()
  go_to([[card\.id) == 36]])
  editor:type('A && substr("a", ')
  editor:wait('what was typed', function()
    return editor:eval([[return vim.fn.mode() == 'i' and vim.endswith(vim.api.nvim_get_current_line(), '"a", ')]])
  end)
  -- Not every version has a key for it.
  editor:eval('vim.lsp.buf.signature_help()')
  editor:expect('substr(str: string, offset: number, length: number) -> string')
  editor:type('<Esc>:edit!<CR>')
  expect_problems(0)
end)

check('formatting lays the file out, and nothing else', function()
  go_to([[command = plan]])
  editor:type('cccommand=plan<Esc>:lua vim.lsp.buf.format()<CR>')
  editor:wait('the text as it was', function()
    return editor:eval([[return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')]]) == original
  end)
  editor:type(':edit!<CR>')
  expect_problems(0)
end)

check(':Runblock run in a passing run shows ✓', function()
  go_to([[error_message = "The greeting is put]])
  editor:type(':Runblock run<CR>')
  editor:expect('✓')
  equal(problems(), {})
end)

check('the lens of a failing run, executed, shows ✗ and how many asserts failed', function()
  go_to([[run "asks_politely"]])
  editor:type(':lua vim.lsp.codelens.run()<CR>')
  editor:expect('✗ 1 of 1')
  editor:expect('✓')
end)

check('the failing condition has a diagnostic with the operand values', function()
  expect_problems(1)
  local line = editor:eval('local d = vim.diagnostic.get(0)[1]; return vim.api.nvim_buf_get_lines(0, d.lnum, d.lnum + 1, false)[1]')
  if not line:find('output.greeting == "Hello, ${var.name}!"', 1, true) then
    error('it is on the line: ' .. line, 0)
  end
  go_to([[output\.greeting == "Hello, \$]])
  editor:type(':lua vim.diagnostic.open_float()<CR>')
  editor:expect('A greeting is not a question.')
  editor:expect('output.greeting is "Hello, Ada?"')
  editor:type('l')
end)

check(':Runblock result tells what failed', function()
  go_to([[output\.greeting == "Hello, \$]])
  editor:type(':Runblock result<CR>')
  -- Only the screen is asked: a long message waits for a key, and no question is answered before that.
  editor:expect('output.greeting is "Hello, Ada?"')
  editor:type('<CR>')
end)

check('unsaved text is what runs', function()
  go_to([[mark = "?]])
  editor:type('f?r!:Runblock run<CR>')
  editor:wait('no ✗', function()
    return not editor:shows('✗') and editor:shows('✓')
  end)
  expect_problems(0)
  equal(editor:eval('return vim.bo.modified'), true)
  equal(table.concat(vim.fn.readfile(test_file), '\n'), original)
end)

check(':Runblock file gives every run a verdict', function()
  editor:type(':Runblock file<CR>')
  editor:wait('three times ✓', function()
    local count = 0
    for _, line in ipairs(editor:lines()) do
      count = count + (line:find('✓', 1, true) and 1 or 0)
    end
    return count >= 3
  end)
end)

check(':Runblock cancel ends a run that would not end', function()
  editor:type(':set hidden<CR>:edit %:h/slow.tftest.hcl<CR>')
  editor:expect('▶ Run')
  go_to('condition')
  -- What is cancelled before its turn is skipped; this is about a run that goes on, which the server reports. (The lens
  -- would do, but before 0.12 nothing brings it up to date while a run goes on.)
  editor:eval([[
    vim.api.nvim_create_autocmd('LspProgress', {
      callback = function(event)
        vim.g.reported = vim.g.reported or event.data.params.value.message == 'run "never_ends"'
      end,
    })
    return true
  ]])
  editor:type(':Runblock run<CR>')
  editor:wait('a report of the run', function()
    return editor:eval([[return vim.g.reported == true]])
  end)
  editor:type(':Runblock cancel<CR>')
  editor:expect('✗')
  expect_problems(1)
  if not problems()[1]:find('interrupted', 1, true) then
    error('the diagnostic does not say that the run was interrupted: ' .. problems()[1], 0)
  end
  editor:type(':buffer greeting<CR>')
end)

check('go to definition of var.name lands in the module', function()
  go_to([[var\.name]])
  editor:type('f.l<C-]>')
  editor:wait('main.tf', function()
    return editor:eval([[return vim.fs.basename(vim.api.nvim_buf_get_name(0))]]) == 'main.tf'
  end)
  equal(editor:eval([[return vim.api.nvim_win_get_cursor(0)[1] ]]), 1)
end)

check('the module file is served by the same client', function()
  editor:wait('a client', function()
    return editor:eval([[return require('runblock').client(0) ~= nil]])
  end)
  equal(editor:eval([[return #vim.lsp.get_clients({ name = 'runblock' })]]), 1)
end)

check(':checkhealth runblock finds nothing wrong', function()
  editor:type(':checkhealth runblock<CR>')
  local report = editor:wait('a report', function()
    local text = editor:eval([[return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')]])
    return text:find('Code lenses are on', 1, true) and text
  end)
  for _, part in ipairs({ vim.env.RUNBLOCK_BIN, 'recognised by their names', 'attached to 3 buffer(s)' }) do
    if not report:find(part, 1, true) then
      error(('"%s" is not in\n%s'):format(part, report), 0)
    end
  end
  for _, bad in ipairs({ 'ERROR', 'WARNING' }) do
    if report:find(bad, 1, true) then
      error(report, 0)
    end
  end
end)

editor:quit()
say(('%d passed, %d failed'):format(passed, failed))
os.exit((failed == 0 and passed > 0) and 0 or 1)
