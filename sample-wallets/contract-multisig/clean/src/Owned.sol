// SPDX-License-Identifier: MIT
pragma solidity 0.8.28;

/// @title Who owns a wallet, and how many must agree
abstract contract Owned {
    address[] internal owners;
    mapping(address => bool) public isOwner;
    uint256 public threshold;

    error Unauthorized();
    error BadOwner(address who);
    error BadThreshold(uint256 next);

    modifier onlyOwner() {
        require(isOwner[msg.sender], "not an owner");
        _;
    }

    modifier onlyWallet() {
        if (msg.sender != address(this)) revert Unauthorized();
        _;
    }

    constructor(address[] memory list, uint256 needed) {
        for (uint256 i = 0; i < list.length; ++i) {
            _add(list[i]);
        }
        _setThreshold(needed);
    }

    function addOwner(address who) external onlyWallet {
        _add(who);
    }

    function removeOwner(uint256 at) external onlyWallet {
        isOwner[owners[at]] = false;
        owners[at] = owners[owners.length - 1];
        owners.pop();
        _setThreshold(threshold);
    }

    function setThreshold(uint256 next) external onlyWallet {
        _setThreshold(next);
    }

    function _add(address who) private {
        if (who == address(0) || who == address(this) || isOwner[who]) revert BadOwner(who);
        isOwner[who] = true;
        owners.push(who);
    }

    function _setThreshold(uint256 next) private {
        if (next == 0 || next > owners.length) revert BadThreshold(next);
        threshold = next;
    }
}
