#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""congvan log against a log that Python and openssl made, so maker and judge share no code."""
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile

from small_log import ORIGIN, Key, checkpoint, leaf, write, write_log

PROGRAM = sys.argv[1]
failed = passed = 0


@contextlib.contextmanager
def altered(folder, name, damage):
    """The file as `damage` makes it, or gone when that is None; afterwards as it was."""
    path = os.path.join(folder, name)
    with open(path, 'rb') as file:
        whole = file.read()
    if damage:
        write(folder, name, damage(whole))
    else:
        os.remove(path)
    yield
    write(folder, name, whole)


def expect(name, status, *arguments, says=''):
    global failed, passed
    ran = subprocess.run([PROGRAM, 'log', *arguments], capture_output=True, text=True)
    good = ran.returncode == status and says in ran.stdout + ran.stderr
    passed, failed = passed + good, failed + (not good)
    if not good:
        print(f'FAILED {name}: exit {ran.returncode}, wanted {status} and {says!r}\n{ran.stdout}{ran.stderr}')
    return ran.stdout


def main():
    folder = tempfile.mkdtemp()
    os.chdir(folder)
    key = Key(folder)
    os.mkdir('stranger')
    stranger = Key('stranger')
    entries = [f'entry {i}'.encode() for i in range(70_000)]
    write_log('log', key, entries)
    for size in (1, 300, 65_536):
        write('.', f'old-{size}', checkpoint(key, entries[:size]).encode())
    write('.', 'forked', checkpoint(key, [b'other'] + entries[1:300]).encode())
    write('.', 'unsigned', stranger.sign(checkpoint(key, entries[:300]).split('\n\n')[0] + '\n').encode())
    write('.', 'vkey', key.vkey.encode() + b'\n')
    write('.', 'entry', entries[66_000])

    old = ['--previous', 'old-1', '--previous', 'old-300', '--previous', 'old-65536']
    expect('a sound log', 0, 'check', 'log', '--key', key.vkey, *old, says='SOUND')
    report = expect('the same in JSON', 0, 'check', 'log', '--key', 'vkey', '--format', 'json')
    expect_json = json.loads(report)
    assert expect_json['sound'] and expect_json['entries_checked'] == 70_000, expect_json
    expect('a forked past', 1, 'check', 'log', '--key', key.vkey, '--previous', 'forked', says='previous_differs')
    expect('other rules', 1, 'check', 'log', '--key', key.vkey, '--rules', 'records', says='leaf_malformed')

    proof = expect('a proof', 0, 'prove', 'log', '--index', '66000', '--key', key.vkey, says='tlog-proof@v1')
    write('.', 'proof', proof.encode())
    expect('verified', 0, 'verify', 'proof', '--leaf', 'entry', '--key', key.vkey, says='IN THE LOG')
    expect('verified by hash', 0, 'verify', 'proof', '--leaf-hash', leaf(entries[66_000]).hex(), '--key', 'vkey')
    expect('of another entry', 1, 'verify', 'proof', '--leaf-hash', leaf(b'x').hex(), '--key', key.vkey)
    expect('beyond the log', 66, 'prove', 'log', '--index', '70000', says='leaf_not_in_tree')
    expect('an old size continues', 0, 'consistency', 'old-300', 'log/checkpoint', 'log', '--key', key.vkey)
    expect('a fork does not', 1, 'consistency', 'forked', 'log/checkpoint', 'log', '--key', key.vkey)
    expect('nobody held a key against them', 2, 'consistency', 'old-300', 'log/checkpoint', 'log',
           says='chưa kiểm tra chữ ký / signatures not checked')
    said = expect('the same in JSON', 2, 'consistency', 'old-300', 'log/checkpoint', 'log', '--format', 'json')
    assert json.loads(said)['signatures_checked'] is False, said
    expect('a fork is one without a key too', 1, 'consistency', 'forked', 'log/checkpoint', 'log')
    expect('a proof that nobody signed for', 2, 'prove', 'log', '--index', '17', says='checkpoint_not_checked')
    expect('the log shown', 0, 'show', 'log', '--index', '17', says='kind=other')

    expect('no key', 64, 'check', 'log')
    expect('no such command', 64, 'dance')
    expect('a bad key', 65, 'check', 'log', '--key', 'a+b+c', says='vkey_malformed')
    expect('a proof that is none', 65, 'verify', 'entry', '--leaf', 'entry', '--key', key.vkey)
    expect('no such folder', 66, 'check', 'nowhere', '--key', key.vkey, says='input_unreadable')

    # Full and partial files of every level, and the checkpoint, each damaged in every way.
    damages = {'altered': lambda whole: whole[:5] + bytes([whole[5] ^ 1]) + whole[6:], 'cut short': lambda whole: whole[:-1],
               'longer': lambda whole: whole + b'\0', 'emptied': lambda whole: b'', 'missing': None}
    for name in ('tile/0/000', 'tile/0/273.p/112', 'tile/1/000', 'tile/1/001.p/17', 'tile/2/000.p/1', 'tile/entries/100',
                 'tile/entries/273.p/112'):
        for how, damage in damages.items():
            with altered('log', name, damage):
                # Entries that can be read are compared with their hashes, and those are named.
                told = name.replace('entries', '0') if how == 'altered' else name
                expect(f'{name} {how}', 1, 'check', 'log', '--key', key.vkey, says=told)
    with altered('log', 'tile/entries/100', None), altered('log', 'tile/0/100', None):
        said = expect('both that could tell', 1, 'check', 'log', '--key', key.vkey, says='tile/0/100')
        assert 'tile/entries/100' in said, said
    text, signature = open('log/checkpoint').read().split('\n\n')
    for how, status, says, changed in (
            ('without a line', 65, 'checkpoint_malformed', text[:-9]),
            ('cut short', 65, 'checkpoint_malformed', f'{text}\n\n{signature[:-9]}'),
            ('empty', 65, 'checkpoint_malformed', ''),
            ('of another size', 1, 'checkpoint_not_signed', f'{text}\n\n{signature}'.replace('70000', '69999')),
            ('signed by nobody we know', 1, 'checkpoint_not_signed', stranger.sign(text + '\n')),
            ('of another root', 1, 'root_differs', checkpoint(key, [b'other'] + entries[1:])),
            ('of another log', 1, 'checkpoint_origin', key.sign(text.replace(ORIGIN, 'log.example/other') + '\n')),
            ('missing', 66, 'log_without_checkpoint', None)):
        with altered('log', 'checkpoint', None if changed is None else lambda _, changed=changed: changed.encode()):
            expect(f'a checkpoint {how}', status, 'check', 'log', '--key', key.vkey, says=says)
    shutil.copy('log/checkpoint', 'later')
    cut = 'cut-back'
    write_log(cut, key, entries[:300])
    expect('a log put back to what it was', 1, 'check', cut, '--key', key.vkey, '--previous', 'later', says='previous_ahead')
    expect('a past that nobody signed', 1, 'check', 'log', '--key', key.vkey, '--previous', 'unsigned', says='previous_not_signed')
    expect('a past that is none', 1, 'check', 'log', '--key', key.vkey, '--previous', 'entry', says='previous_malformed')
    expect('which past', 1, 'check', 'log', '--key', key.vkey, *old, '--previous', 'forked', says='previous 3: forked')
    expect('the log is as it was', 0, 'check', 'log', '--key', key.vkey, *old, says='SOUND')
    os.remove('log/tile/entries/100')
    expect('a bundle missing', 1, 'check', 'log', '--key', key.vkey, says='bundle_missing')
    shutil.rmtree(folder)
    print(f'{passed} passed, {failed} failed, 0 skipped')
    return 1 if failed else 0


sys.exit(main())
